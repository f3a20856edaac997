/*
 * An echo over AF_UNIX in plain C: a four-byte length, then the payload, and back again.
 *
 *   echo server <path> [poll]
 *   echo client <path> [poll] payload=64 callers=1 depth=1 connections=0 warmup=500 time=1000
 *
 * Both sides have a thread for each connection. It sleeps in read, or with "poll" asks
 * again and again. A client without a number of connections has one for each caller.
 * Over fewer connections, or with a depth, each connection has its share of the calls in
 * flight; whatever one read brings is answered with one write, on either side.
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

/* The bytes of all whole frames in a buffer; their number is added to *count. */
static size_t whole_frames(const char *buffer, size_t filled, long *count) {
    size_t used = 0;
    while (filled - used >= HEAD) {
        size_t frame = frame_size(buffer + used);
        if (filled - used < frame) {
            break;
        }
        used += frame;
        ++*count;
    }
    return used;
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

static void *serve(void *argument) {
    int fd = (int) (intptr_t) argument;
    size_t size = BATCH, filled = 0, n;
    char *buffer = malloc(size);
    while ((n = receive_some(fd, buffer + filled, size - filled)) > 0) {
        long count = 0;
        filled += n;
        size_t used = whole_frames(buffer, filled, &count);
        if (used > 0) {
            if (!send_all(fd, buffer, used)) {
                break;
            }
            filled -= used;
            memmove(buffer, buffer + used, filled);
        }
        buffer = with_room(buffer, filled, &size);
    }
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

static void *call(void *argument) {
    struct lane *lane = argument;
    struct sockaddr_un address = address_of(lane->path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *) &address, sizeof address) != 0) {
        fail("connect");
    }
    size_t frame = HEAD + (size_t) payload;
    /* Requests are all alike, so as many as are due are written from one place */
    char *requests = calloc((size_t) lane->in_flight, frame);
    int64_t *started = malloc((size_t) lane->in_flight * sizeof *started);
    for (long i = 0; i < lane->in_flight; i++) {
        uint32_t length = htonl((uint32_t) payload);
        memcpy(requests + (size_t) i * frame, &length, HEAD);
        memset(requests + (size_t) i * frame + HEAD, 'x', (size_t) payload);
    }
    size_t size = frame > BATCH ? frame : BATCH, filled = 0;
    char *buffer = malloc(size);
    long under_way = lane->in_flight, oldest = 0;
    int64_t t = now();
    for (long i = 0; i < lane->in_flight; i++) {
        started[i] = t;
    }
    send_all(fd, requests, (size_t) lane->in_flight * frame);
    while (under_way > 0) {
        size_t n = receive_some(fd, buffer + filled, size - filled);
        if (n == 0) {
            fprintf(stderr, "the server hung up\n");
            exit(1);
        }
        long count = 0;
        filled += n;
        size_t used = whole_frames(buffer, filled, &count);
        if (count == 0) {
            continue;
        }
        if (used != (size_t) count * frame || buffer[used - 1] != (payload > 0 ? 'x' : buffer[used - 1])) {
            fprintf(stderr, "other bytes came back than were sent\n");
            exit(1);
        }
        filled -= used;
        memmove(buffer, buffer + used, filled);
        t = now();
        for (long i = 0; i < count; i++) {
            long call = (oldest + i) % lane->in_flight;
            record(lane, started[call], t);
            started[call] = t;
        }
        oldest = (oldest + count) % lane->in_flight;
        if (t < end) {
            send_all(fd, requests, (size_t) count * frame);
        } else {
            under_way -= count;
        }
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
