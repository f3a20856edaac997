/*
 * An echo over AF_UNIX in plain C: a four-byte length, then the payload, and back again.
 *
 *   echo server <path> [poll]
 *   echo client <path> [poll] payload=64 callers=1 depth=1 connections=0 warmup=500 time=1000
 *
 * Both sides have a thread for each connection. It sleeps in read, or with "poll" asks
 * again and again. A client without a number of connections has one for each caller.
 * Over fewer connections, or with a depth, each connection has its share of the calls in
 * flight, and both sides do for each call what a program that uses the answers must do:
 *
 *   - the client makes each request by itself: its length, the number of the call in the
 *     first eight bytes of the payload (fewer if it is shorter), and a copy of the rest,
 *     which a lone caller leaves where it lies from call to call;
 *   - the server reads each frame's length and copies each frame to its output buffer,
 *     but a frame that came alone is written from where it lies;
 *   - the client reads each answer's length, looks up the call by its number, which no
 *     other call in flight has, and checks that number and the last byte.
 *
 * What is shared by all frames of one read is the system call, the time of arrival, and
 * the one write in which they are answered, or the next requests are made. The calls in
 * flight of a connection must fit into the buffers of its sockets.
 *
 * The client writes "counting" when its warm-up ends, and then a line with the result.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define HEAD 4
#define BATCH (256 * 1024)
#define STACK (256 * 1024)
#define BUCKETS_PER_DOUBLING 64
#define BUCKETS (59 * BUCKETS_PER_DOUBLING)

static int polling;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Whatever is there, at most size bytes; 0 at the end. */
static size_t receive_some(int fd, char *to, size_t size) {
    for (;;) {
        ssize_t n = polling ? recv(fd, to, size, MSG_DONTWAIT) : read(fd, to, size);
        if (n >= 0) {
            return (size_t) n;
        }
        if (errno == ECONNRESET) {
            return 0;
        }
        if (errno != EINTR && errno != EAGAIN) {
            fail("read");
        }
        if (polling) {
            sched_yield();
        }
    }
}

static int send_all(int fd, const char *from, size_t size) {
    while (size > 0) {
        ssize_t n = write(fd, from, size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return 0;
        }
        from += n;
        size -= (size_t) n;
    }
    return 1;
}

static size_t frame_size(const char *frame) {
    uint32_t length;
    memcpy(&length, frame, HEAD);
    return HEAD + (size_t) ntohl(length);
}

/* The size of the frame at the beginning of a buffer, 0 if it is not whole. */
static size_t whole_frame(const char *buffer, size_t filled) {
    if (filled < HEAD) {
        return 0;
    }
    size_t frame = frame_size(buffer);
    return filled < frame ? 0 : frame;
}

/* A buffer that has room for the frame at its beginning. */
static char *with_room(char *buffer, size_t filled, size_t *size) {
    if (filled >= HEAD && frame_size(buffer) > *size) {
        *size = frame_size(buffer);
        buffer = realloc(buffer, *size);
        if (buffer == NULL) {
            fail("realloc");
        }
    }
    return buffer;
}

static void start(pthread_t *thread, void *(*run)(void *), void *argument) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    if (pthread_create(thread, &attributes, run, argument) != 0) {
        fail("pthread_create");
    }
}

static struct sockaddr_un address_of(const char *path) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path) {
        fprintf(stderr, "the path is too long\n");
        exit(1);
    }
    strcpy(address.sun_path, path);
    return address;
}

/* --- server --- */

/* Answers all whole frames of a buffer: how many bytes that are, or -1 at the end. */
static ssize_t answer_frames(int fd, const char *buffer, size_t filled, char *answers) {
    size_t used = whole_frame(buffer, filled), frame;
    if (used == 0 || whole_frame(buffer + used, filled - used) == 0) {
        return send_all(fd, buffer, used) ? (ssize_t) used : -1;
    }
    used = 0;
    while ((frame = whole_frame(buffer + used, filled - used)) > 0) {
        memcpy(answers + used, buffer + used, frame);
        used += frame;
    }
    return send_all(fd, answers, used) ? (ssize_t) used : -1;
}

static void *serve(void *argument) {
    int fd = (int) (intptr_t) argument;
    size_t size = BATCH, answers_size = BATCH, filled = 0, n;
    char *buffer = malloc(size), *answers = malloc(answers_size);
    while ((n = receive_some(fd, buffer + filled, size - filled)) > 0) {
        filled += n;
        ssize_t used = answer_frames(fd, buffer, filled, answers);
        if (used < 0) {
            break;
        }
        filled -= (size_t) used;
        memmove(buffer, buffer + used, filled);
        buffer = with_room(buffer, filled, &size);
        if (answers_size < size) {
            answers_size = size;
            answers = realloc(answers, answers_size);
            if (answers == NULL) {
                fail("realloc");
            }
        }
    }
    free(answers);
    free(buffer);
    close(fd);
    return NULL;
}

static void server(const char *path) {
    struct sockaddr_un address = address_of(path);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *) &address, sizeof address) != 0
            || listen(listener, 1024) != 0) {
        fail(path);
    }
    printf("ready %s\n", path);
    fflush(stdout);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) {
            fail("accept");
        }
        pthread_t thread;
        start(&thread, serve, (void *) (intptr_t) fd);
        pthread_detach(thread);
    }
}

/* --- client --- */

static long payload = 64, callers = 1, depth = 1, connections = 0, warmup = 500, duration = 1000;

static int64_t begin, end;

struct lane {
    pthread_t thread;
    const char *path;
    long in_flight;
    uint64_t counts[BUCKETS];
    uint64_t calls, total;
    int64_t max;
};

static int bucket_of(uint64_t value) {
    int shift = 63 - __builtin_clzll(value | 1) - 6;
    shift = shift < 0 ? 0 : shift;
    return shift * BUCKETS_PER_DOUBLING + (int) (value >> shift);
}

static double middle_of(int bucket) {
    int shift = bucket / BUCKETS_PER_DOUBLING - 1;
    shift = shift < 0 ? 0 : shift;
    uint64_t low = (uint64_t) (bucket - shift * BUCKETS_PER_DOUBLING) << shift;
    return (double) (low + ((1ULL << shift) - 1) / 2);
}

static void record(struct lane *lane, int64_t from, int64_t to) {
    lane->total++;
    if (from >= begin && to < end) {
        lane->counts[bucket_of((uint64_t) (to - from))]++;
        lane->calls++;
        lane->max = to - from > lane->max ? to - from : lane->max;
    }
}

struct call {
    uint64_t number;
    int64_t started;
};

static size_t stamp_size(void) {
    return payload < (long) sizeof(uint64_t) ? (size_t) payload : sizeof(uint64_t);
}

static void make_request(char *frame, uint64_t number, const char *body) {
    uint32_t length = htonl((uint32_t) payload);
    size_t stamp = stamp_size();
    memcpy(frame, &length, HEAD);
    memcpy(frame + HEAD, &number, stamp);
    memcpy(frame + HEAD + stamp, body + stamp, (size_t) payload - stamp);
}

/* The number in an answer; a short payload has only its lower bytes, the rest is that of the oldest call. */
static uint64_t number_of(const char *frame, uint64_t oldest) {
    memcpy(&oldest, frame + HEAD, stamp_size());
    return oldest;
}

static void wrong_answer(void) {
    fprintf(stderr, "other bytes came back than were sent\n");
    exit(1);
}

static void *call(void *argument) {
    struct lane *lane = argument;
    struct sockaddr_un address = address_of(lane->path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *) &address, sizeof address) != 0) {
        fail("connect");
    }
    size_t in_flight = (size_t) lane->in_flight, frame = HEAD + (size_t) payload;
    char *requests = malloc(in_flight * frame), *body = malloc(frame);
    struct call *calls = malloc(in_flight * sizeof *calls);
    memset(body, 'x', frame);
    int64_t t = now();
    for (uint64_t i = 0; i < in_flight; i++) {
        make_request(requests + i * frame, i, body);
        calls[i] = (struct call) { i, t };
    }
    size_t size = frame > BATCH ? frame : BATCH, filled = 0;
    char *buffer = malloc(size);
    uint64_t next = in_flight, oldest = 0;
    send_all(fd, requests, in_flight * frame);
    while (oldest < next) {
        size_t n = receive_some(fd, buffer + filled, size - filled);
        if (n == 0) {
            fprintf(stderr, "the server hung up\n");
            exit(1);
        }
        filled += n;
        if (filled < frame) {
            continue;
        }
        size_t used = 0, due = 0;
        t = now();
        while (filled - used >= HEAD && filled - used >= frame_size(buffer + used)) {
            const char *answer = buffer + used;
            uint64_t number = number_of(answer, oldest);
            struct call *answered = &calls[number % in_flight];
            if (frame_size(answer) != frame || answered->number != number
                    || (payload > (long) sizeof number && answer[frame - 1] != 'x')) {
                wrong_answer();
            }
            used += frame;
            oldest++;
            record(lane, answered->started, t);
            answered->number = UINT64_MAX;
            if (t < end) {
                if (in_flight > 1) {
                    make_request(requests + due, next, body);
                } else {
                    memcpy(requests + HEAD, &next, stamp_size());
                }
                calls[next % in_flight] = (struct call) { next, t };
                due += frame;
                next++;
            }
        }
        filled -= used;
        memmove(buffer, buffer + used, filled);
        send_all(fd, requests, due);
    }
    close(fd);
    return NULL;
}

static void print_result(struct lane *lanes, long count) {
    static uint64_t counts[BUCKETS];
    static const double percentiles[] = { 50, 75, 90, 95, 99, 99.9, 99.99 };
    static const char *names[] = { "p50", "p75", "p90", "p95", "p99", "p999", "p9999" };
    uint64_t calls = 0, total = 0;
    int64_t max = 0;
    for (long i = 0; i < count; i++) {
        for (int b = 0; b < BUCKETS; b++) {
            counts[b] += lanes[i].counts[b];
        }
        calls += lanes[i].calls;
        total += lanes[i].total;
        max = lanes[i].max > max ? lanes[i].max : max;
    }
    printf("result calls=%lu total=%lu seconds=%.6f", calls, total, (double) (end - begin) / 1e9);
    for (int p = 0; p < 7; p++) {
        double wanted = (double) calls * percentiles[p] / 100;
        uint64_t seen = 0;
        int b = 0;
        while (b < BUCKETS - 1 && (double) (seen += counts[b]) < wanted) {
            b++;
        }
        double value = middle_of(b);
        printf(" %s=%.3f", names[p], (value < (double) max ? value : (double) max) / 1000);
    }
    printf(" max=%.3f\n", (double) max / 1000);
    fflush(stdout);
}

static void client(const char *path) {
    long lanes_wanted = connections > 0 ? connections : callers;
    struct lane *lanes = calloc((size_t) lanes_wanted, sizeof *lanes);
    begin = now() + warmup * 1000000LL;
    end = begin + duration * 1000000LL;
    for (long i = 0; i < lanes_wanted; i++) {
        lanes[i].path = path;
        lanes[i].in_flight = callers * depth / lanes_wanted;
        start(&lanes[i].thread, call, &lanes[i]);
    }
    struct timespec counting = { begin / 1000000000LL, begin % 1000000000LL };
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &counting, NULL) == EINTR) {
        /* Once more */
    }
    printf("counting\n");
    fflush(stdout);
    for (long i = 0; i < lanes_wanted; i++) {
        pthread_join(lanes[i].thread, NULL);
    }
    print_result(lanes, lanes_wanted);
}

static void option(const char *word, const char *name, long *value) {
    size_t length = strlen(name);
    if (strncmp(word, name, length) == 0 && word[length] == '=') {
        *value = atol(word + length + 1);
    }
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: echo server|client <path> [poll] [key=value ...]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    for (int i = 3; i < argc; i++) {
        polling |= strcmp(argv[i], "poll") == 0;
        option(argv[i], "payload", &payload);
        option(argv[i], "callers", &callers);
        option(argv[i], "depth", &depth);
        option(argv[i], "connections", &connections);
        option(argv[i], "warmup", &warmup);
        option(argv[i], "time", &duration);
    }
    if (strcmp(argv[1], "server") == 0) {
        server(argv[2]);
    } else {
        client(argv[2]);
    }
    return 0;
}
