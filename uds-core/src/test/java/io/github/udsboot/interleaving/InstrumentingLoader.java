package io.github.udsboot.interleaving;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.ClassWriter;
import org.springframework.asm.FieldVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;

/**
 * Loads our classes anew, with a step before whatever other threads may see or change:
 * fields that are not final, atomics, concurrent queues, locks.
 */
final class InstrumentingLoader extends ClassLoader {

	private static final String OURS = "io.github.udsboot.";

	private static final String STEPS = "io/github/udsboot/interleaving/Steps";

	private static final String LOCK = "java/util/concurrent/locks/ReentrantLock";

	private final Set<String> instrumented;

	/** By the internal name of the class: what has a step. */
	private final Map<String, Set<String>> shared = new HashMap<>();

	InstrumentingLoader(ClassLoader parent, Set<String> instrumented) {
		super(parent);
		this.instrumented = instrumented;
	}

	@Override
	protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
		synchronized (getClassLoadingLock(name)) {
			Class<?> type = findLoadedClass(name);
			if (type == null && name.startsWith(OURS) && !name.startsWith(OURS + "interleaving.")) {
				byte[] bytes = read(name);
				type = defineClass(name, isInstrumented(name) ? instrument(bytes) : bytes);
			}
			return (type != null) ? type : super.loadClass(name, resolve);
		}
	}

	private Class<?> defineClass(String name, byte[] bytes) {
		return defineClass(name, bytes, 0, bytes.length);
	}

	private boolean isInstrumented(String name) {
		int nested = name.indexOf('$');
		return this.instrumented.contains((nested < 0) ? name : name.substring(0, nested));
	}

	private byte[] read(String name) throws ClassNotFoundException {
		try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
			if (in == null) {
				throw new ClassNotFoundException(name);
			}
			return in.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private byte[] instrument(byte[] bytes) {
		ClassReader reader = new ClassReader(bytes);
		ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
		reader.accept(new ClassVisitor(SpringAsmInfo.ASM_VERSION, writer) {

			@Override
			public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
					String[] exceptions) {
				MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
				// nobody else can see what is under construction, nor what a monitor
				// guards
				boolean alone = name.equals("<init>") || name.equals("<clinit>")
						|| (access & Opcodes.ACC_SYNCHRONIZED) != 0;
				return alone ? method : new Instrumentation(method);
			}

		}, 0);
		return writer.toByteArray();
	}

	/** Return the fields that change, and the methods that take the monitor. */
	private Set<String> shared(String owner) {
		Set<String> known = this.shared.get(owner);
		if (known != null) {
			return known;
		}
		Set<String> found = new HashSet<>();
		this.shared.put(owner, found);
		if (!isInstrumented(owner.replace('/', '.'))) {
			return found;
		}
		try {
			new ClassReader(read(owner.replace('/', '.'))).accept(new ClassVisitor(SpringAsmInfo.ASM_VERSION) {

				@Override
				public void visit(int version, int access, String name, String signature, String superName,
						String[] interfaces) {
					found.addAll(shared(superName));
				}

				@Override
				public FieldVisitor visitField(int access, String name, String descriptor, String signature,
						Object value) {
					if ((access & (Opcodes.ACC_FINAL | Opcodes.ACC_STATIC)) == 0) {
						found.add(name);
					}
					return null;
				}

				@Override
				public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
						String[] exceptions) {
					if ((access & Opcodes.ACC_SYNCHRONIZED) != 0) {
						found.add(name + descriptor);
					}
					return null;
				}

			}, ClassReader.SKIP_CODE);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
		return found;
	}

	private final class Instrumentation extends MethodVisitor {

		private Instrumentation(MethodVisitor method) {
			super(SpringAsmInfo.ASM_VERSION, method);
		}

		private void call(String name, String descriptor) {
			super.visitMethodInsn(Opcodes.INVOKESTATIC, STEPS, name, descriptor, false);
		}

		@Override
		public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
			if ((opcode == Opcodes.GETFIELD || opcode == Opcodes.PUTFIELD) && shared(owner).contains(name)) {
				call("point", "()V");
			}
			super.visitFieldInsn(opcode, owner, name, descriptor);
		}

		@Override
		public void visitInsn(int opcode) {
			if (opcode == Opcodes.MONITORENTER) {
				call("point", "()V");
			}
			super.visitInsn(opcode);
			if (opcode == Opcodes.MONITORENTER) {
				call("locked", "()V");
			}
			else if (opcode == Opcodes.MONITOREXIT) {
				call("unlocked", "()V");
			}
		}

		@Override
		public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
			String method = owner + "." + name;
			switch (method) {
				case "java/util/concurrent/locks/LockSupport.parkNanos" -> call("park", "(Ljava/lang/Object;J)V");
				case "java/util/concurrent/locks/LockSupport.unpark" -> call("unpark", "(Ljava/lang/Thread;)V");
				case "java/lang/Thread.interrupt" -> call("interrupt", "(Ljava/lang/Thread;)V");
				case LOCK + ".lock", LOCK + ".lockInterruptibly" -> {
					call("point", "()V");
					super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
					call("locked", "()V");
				}
				case LOCK + ".unlock" -> {
					super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
					call("unlocked", "()V");
				}
				default -> {
					boolean seen = owner.startsWith("java/util/concurrent/atomic/") || owner.equals("java/util/Queue")
							|| owner.equals("java/util/concurrent/ConcurrentLinkedQueue")
							|| shared(owner).contains(name + descriptor);
					if (seen && opcode != Opcodes.INVOKESPECIAL && opcode != Opcodes.INVOKESTATIC) {
						call("point", "()V");
					}
					super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
				}
			}
		}

	}

}
