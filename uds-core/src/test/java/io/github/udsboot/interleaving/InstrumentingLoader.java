package io.github.udsboot.interleaving;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.ClassWriter;
import org.springframework.asm.FieldVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;

/**
 * Loads our classes anew. In those that are explored there is a step before whatever
 * other threads may see or change: fields that are not final, atomics, concurrent queues,
 * locks. In all of them, locks, threads, the clock and whatever sleeps are replaced by
 * those of the interleaving.
 */
final class InstrumentingLoader extends ClassLoader {

	private static final String OURS = "io.github.udsboot.";

	private static final String INTERLEAVING = "io/github/udsboot/interleaving/";

	private static final String STEPS = INTERLEAVING + "Steps";

	private static final String PARKING = "java/util/concurrent/locks/LockSupport.";

	private static final String FUTURE = "java/util/concurrent/CompletableFuture.";

	private static final String LOCK = "java/util/concurrent/locks/ReentrantLock";

	/** By the class that is made: what is made in its place. */
	private static final Map<String, String> REPLACED = Map.of(LOCK, INTERLEAVING + "SteppedLock",
			"java/util/concurrent/ThreadPoolExecutor", INTERLEAVING + "SteppedThreads");

	/** By the static method: the one of {@link Steps} in its place. */
	private static final Map<String, String> STATIC = Map.of("java/lang/System.nanoTime()J", "nanoTime",
			"java/lang/Thread.yield()V", "yield", PARKING + "parkNanos(Ljava/lang/Object;J)V", "park",
			PARKING + "park(Ljava/lang/Object;)V", "park", PARKING + "unpark(Ljava/lang/Thread;)V", "unpark");

	/** By the method of an object: the static one of {@link Steps} in its place. */
	private static final Map<String, String> VIRTUAL = Map.of("java/lang/Thread.interrupt()V", "interrupt",
			"java/lang/Thread.start()V", "start", "java/util/concurrent/CountDownLatch.await()V", "await",
			"java/util/concurrent/CountDownLatch.await(JLjava/util/concurrent/TimeUnit;)Z", "await",
			FUTURE + "get()Ljava/lang/Object;", "get",
			FUTURE + "get(JLjava/util/concurrent/TimeUnit;)Ljava/lang/Object;", "get",
			FUTURE + "join()Ljava/lang/Object;", "join",
			FUTURE + "completeAsync(Ljava/util/function/Supplier;)Ljava/util/concurrent/CompletableFuture;",
			"completeAsync");

	/** Where explored code finds its transport. */
	private static final String SERVICES = "META-INF/services/io.github.udsboot.transport.UdsTransport";

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
			if (type == null && name.startsWith(OURS) && !isHarness(name)) {
				byte[] bytes = read(name);
				type = defineClass(name, instrument(bytes, isInstrumented(name)));
			}
			return (type != null) ? type : super.loadClass(name, resolve);
		}
	}

	private Class<?> defineClass(String name, byte[] bytes) {
		return defineClass(name, bytes, 0, bytes.length);
	}

	/** There is no kernel in an interleaving. */
	@Override
	public Enumeration<URL> getResources(String name) throws IOException {
		return name.equals(SERVICES) ? super.getResources("interleaving/" + name) : super.getResources(name);
	}

	private boolean isInstrumented(String name) {
		return this.instrumented.contains(outermost(name));
	}

	/** One for all interleavings, but for the scenarios of its tests. */
	private static boolean isHarness(String name) {
		return name.startsWith(OURS + "interleaving.") && !outermost(name).endsWith("Tests");
	}

	private static String outermost(String name) {
		int nested = name.indexOf('$');
		return (nested < 0) ? name : name.substring(0, nested);
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

	/**
	 * Replace what waits, in all classes; add steps to some.
	 */
	private byte[] instrument(byte[] bytes, boolean steps) {
		ClassReader reader = new ClassReader(bytes);
		ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
		reader.accept(new ClassVisitor(SpringAsmInfo.ASM_VERSION, writer) {

			@Override
			public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
					String[] exceptions) {
				// nobody else can see what is under construction
				boolean alone = name.equals("<init>") || name.equals("<clinit>");
				boolean monitor = (access
						& (Opcodes.ACC_SYNCHRONIZED | Opcodes.ACC_STATIC)) == Opcodes.ACC_SYNCHRONIZED;
				MethodVisitor method = super.visitMethod(monitor ? access & ~Opcodes.ACC_SYNCHRONIZED : access, name,
						descriptor, signature, exceptions);
				return new Instrumentation(method, steps, steps && !alone, monitor ? reader.getClassName() : null);
			}

		}, 0);
		return writer.toByteArray();
	}

	/** Return the fields that change. */
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

			}, ClassReader.SKIP_CODE);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
		return found;
	}

	private final class Instrumentation extends MethodVisitor {

		/** Whether the class has steps. */
		private final boolean counts;

		/** Whether the method has. */
		private final boolean steps;

		/** The class whose method has the monitor from its beginning to its end. */
		private final @Nullable String monitor;

		private final Label begin = new Label();

		private Instrumentation(MethodVisitor method, boolean counts, boolean steps, @Nullable String monitor) {
			super(SpringAsmInfo.ASM_VERSION, method);
			this.counts = counts;
			this.steps = steps;
			this.monitor = monitor;
		}

		private void call(String name, String descriptor) {
			super.visitMethodInsn(Opcodes.INVOKESTATIC, STEPS, name, descriptor, false);
		}

		private void point() {
			if (this.steps) {
				call("point", "()V");
			}
		}

		@Override
		public void visitCode() {
			super.visitCode();
			if (this.monitor != null) {
				point();
				super.visitVarInsn(Opcodes.ALOAD, 0);
				call("enter", "(Ljava/lang/Object;)V");
				super.visitLabel(this.begin);
			}
		}

		@Override
		public void visitMaxs(int maxStack, int maxLocals) {
			if (this.monitor != null) {
				Label end = new Label();
				super.visitLabel(end);
				super.visitFrame(Opcodes.F_FULL, 1, new Object[] { this.monitor }, 1,
						new Object[] { "java/lang/Throwable" });
				leaveMonitor();
				super.visitInsn(Opcodes.ATHROW);
				super.visitTryCatchBlock(this.begin, end, end, null);
			}
			super.visitMaxs(maxStack, maxLocals);
		}

		private void leaveMonitor() {
			super.visitVarInsn(Opcodes.ALOAD, 0);
			call("exit", "(Ljava/lang/Object;)V");
		}

		@Override
		public void visitTypeInsn(int opcode, String type) {
			super.visitTypeInsn(opcode, (opcode == Opcodes.NEW) ? REPLACED.getOrDefault(type, type) : type);
		}

		@Override
		public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
			if ((opcode == Opcodes.GETFIELD || opcode == Opcodes.PUTFIELD) && shared(owner).contains(name)) {
				point();
			}
			super.visitFieldInsn(opcode, owner, name, descriptor);
		}

		@Override
		public void visitInsn(int opcode) {
			if (opcode == Opcodes.MONITORENTER) {
				point();
				call("enter", "(Ljava/lang/Object;)V");
				return;
			}
			if (opcode == Opcodes.MONITOREXIT) {
				call("exit", "(Ljava/lang/Object;)V");
				return;
			}
			if (this.monitor != null && opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
				leaveMonitor();
			}
			super.visitInsn(opcode);
		}

		/** The clock may be a method reference. */
		@Override
		public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
			Object[] replaced = arguments.clone();
			for (int i = 0; i < replaced.length; i++) {
				if (replaced[i] instanceof Handle handle && handle.getOwner().equals("java/lang/System")
						&& handle.getName().equals("nanoTime")) {
					replaced[i] = new Handle(Opcodes.H_INVOKESTATIC, STEPS, "nanoTime", "()J", false);
				}
			}
			super.visitInvokeDynamicInsn(name, descriptor, bootstrap, replaced);
		}

		@Override
		public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
			if (name.equals("<init>")) {
				construct(opcode, owner, descriptor);
				return;
			}
			String replacement = STATIC.get(owner + "." + name + descriptor);
			if (replacement != null) {
				call(replacement, descriptor);
				return;
			}
			replacement = VIRTUAL.get(owner + "." + name + descriptor);
			if (replacement != null) {
				if (replacement.equals("start")) {
					point();
				}
				call(replacement, "(L" + owner + ";" + descriptor.substring(1));
				return;
			}
			boolean seen = owner.startsWith("java/util/concurrent/atomic/") || owner.equals("java/util/Queue")
					|| owner.equals("java/util/concurrent/ConcurrentLinkedQueue");
			if (seen && opcode != Opcodes.INVOKESPECIAL && opcode != Opcodes.INVOKESTATIC) {
				point();
			}
			super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
		}

		private void construct(int opcode, String owner, String descriptor) {
			String type = owner;
			String parameters = descriptor;
			if (owner.equals("java/lang/Thread")) {
				startable(descriptor);
			}
			else if (owner.equals(LOCK) && descriptor.equals("()V")) {
				super.visitInsn(this.counts ? Opcodes.ICONST_1 : Opcodes.ICONST_0);
				parameters = "(Z)V";
				type = REPLACED.getOrDefault(owner, owner);
			}
			else if (REPLACED.containsKey(owner)) {
				type = REPLACED.getOrDefault(owner, owner);
			}
			super.visitMethodInsn(opcode, type, "<init>", parameters, false);
		}

		private void startable(String descriptor) {
			boolean named = descriptor.equals("(Ljava/lang/Runnable;Ljava/lang/String;)V");
			if (named) {
				super.visitInsn(Opcodes.SWAP);
			}
			if (named || descriptor.equals("(Ljava/lang/Runnable;)V")) {
				call("startable", "(Ljava/lang/Runnable;)Ljava/lang/Runnable;");
			}
			if (named) {
				super.visitInsn(Opcodes.SWAP);
			}
		}

	}

}
