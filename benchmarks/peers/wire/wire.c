/* wire server OWN OTHER INTERFACE PORT          serves tests until its client has ended
   wire client OWN OTHER INTERFACE PORT TEST…    runs them and prints rows

   TEST is KIND:WAY:WAIT:BYTES:NUMBER, KIND one of
     latency   ping-pong for NUMBER seconds, in batches; half a round trip
     gap       ping-pong with NUMBER microseconds of silence before each turn, for a quarter of a second
     flood     one side sends for NUMBER seconds as fast as the way takes it; what arrived counts
     load      NUMBER messages a second at even intervals, for a third of a second; what the receiver used
   WAY udp, packet, tcp or xdp, WAIT poll (the receiver looks again and again) or sleep (it waits in the kernel).
   A row: row TEST MEASURE VALUE. Orders and results of the server cross by a control connection. */
#define _GNU_SOURCE
#include "wire.h"
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCHES_MAX = 4096, LOAD_DIVISOR = 3 };

static const char *own, *other, *interface;
static int port, control;

static bool waits_by_poll(const struct test *test)
{
    return strcmp(test->wait, "poll") == 0;
}

static bool is_ping_pong(const struct test *test)
{
    return strcmp(test->kind, "latency") == 0 || strcmp(test->kind, "gap") == 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Receives one message; false when none comes for two seconds. */
static bool receive(const struct way *way, const struct test *test)
{
    bool polls = waits_by_poll(test);
    if (way_receive(way, test->bytes, polls))
        return true;
    double end = now() + 2;
    do
        if (way_receive(way, test->bytes, polls))
            return true;
    while (now() < end);
    return false;
}

static void client_latency(const struct way *way, const struct test *test, const char *name)
{
    static double batches[BATCHES_MAX];
    bool has_gap = strcmp(test->kind, "gap") == 0;
    int count = 0, turns = has_gap ? 1 : waits_by_poll(test) ? 200 : 20;
    double end = now() + (has_gap ? 0.25 : test->number);
    do {
        if (has_gap)
            usleep(test->number);
        double start = now();
        for (int i = 0; i < turns; i++) {
            way_send(way, test->bytes);
            if (!receive(way, test)) {
                fprintf(stderr, "%s: an answer was lost\n", name);
                exit(1);
            }
        }
        batches[count++] = (now() - start) * 1e6 / (2.0 * turns);
    } while (count < BATCHES_MAX && now() < end);
    qsort(batches, count, sizeof *batches, compare);
    printf("row %s us %.4f\n", name, batches[count / 2]);
}

/* The server answers until the control connection says that it is over; looked at when nothing comes. */
static void server_latency(const struct way *way, const struct test *test)
{
    char over;
    int idle = 0;
    bool polls = waits_by_poll(test);
    while (true) {
        if (way_receive(way, test->bytes, polls)) {
            way_send(way, test->bytes);
            idle = 0;
        } else if ((!polls || ++idle > 20000) && recv(control, &over, 1, MSG_DONTWAIT | MSG_PEEK) >= 0) {
            return;
        }
    }
}

static void sender(const struct way *way, const struct test *test, struct usage *usage)
{
    bool is_load = strcmp(test->kind, "load") == 0;
    double gap = is_load ? 1 / test->number : 0, seconds = is_load ? 1.0 / LOAD_DIVISOR : test->number;
    double start = now(), due = start, end = start + seconds;
    usage_begin(usage);
    for (double t = start; t < end; usage->messages++) {
        if (is_load) {
            due += gap;
            while ((t = now()) < due)
                ;
        } else if ((usage->messages & 15) == 0) {
            t = now();
        }
        way_send(way, test->bytes);
    }
    usage_end(usage);
}

/* Counts what comes, until nothing has come for a while after the sender said that it is done. */
static void server_count(const struct way *way, const struct test *test, struct usage *usage)
{
    char over;
    int idle = 0;
    bool polls = waits_by_poll(test), is_load = strcmp(test->kind, "load") == 0;
    double first = 0, last = 0;
    usage_begin(usage);
    while (true) {
        if (way_receive(way, test->bytes, polls)) {
            if (usage->messages++ == 0)
                first = now();
            else if ((usage->messages & 63) == 0 || is_load)
                last = now();
            idle = 0;
        } else if ((!polls || ++idle > 50) && recv(control, &over, 1, MSG_DONTWAIT | MSG_PEEK) >= 0) {
            break;
        }
    }
    usage_end(usage);
    usage->seconds = last > first ? last - first : 1e9;
    if (!is_load)
        usage->messages &= ~63L;
}

static bool read_test(char *text, struct test *test)
{
    return sscanf(text, "%15[a-z]:%15[a-z]:%15[a-z]:%d:%lf", test->kind, test->way, test->wait, &test->bytes, &test->number) == 5
        && test->bytes > 0 && test->bytes <= BYTES_MAX;
}

static void serve(void)
{
    struct test test;
    while (recv(control, &test, sizeof test, MSG_WAITALL) == sizeof test) {
        struct usage usage = { 0 };
        struct way way = way_open(&test, true, own, other, interface, port, control);
        if (is_ping_pong(&test))
            server_latency(&way, &test);
        else
            server_count(&way, &test, &usage);
        char over;
        if (recv(control, &over, 1, MSG_WAITALL) != 1 || send(control, &usage, sizeof usage, 0) != sizeof usage)
            return;
        way_close(&way);
    }
}

static void run(char *name)
{
    struct test test = { 0 };
    struct usage there, here = { 0 };
    if (!read_test(name, &test)) {
        fprintf(stderr, "wire: %s is no test\n", name);
        exit(64);
    }
    if (send(control, &test, sizeof test, 0) != sizeof test)
        fail("control");
    struct way way = way_open(&test, false, own, other, interface, port, control);
    bool is_latency = is_ping_pong(&test);
    if (is_latency)
        client_latency(&way, &test, name);
    else
        sender(&way, &test, &here);
    if (send(control, "", 1, 0) != 1 || recv(control, &there, sizeof there, MSG_WAITALL) != sizeof there)
        fail("control");
    way_close(&way);
    if (is_latency)
        return;
    printf("row %s mbit %.3f\n", name, there.messages * test.bytes * 8e-6 / there.seconds);
    printf("row %s rate %.0f\n", name, there.messages / there.seconds);
    printf("row %s rx-interrupts %.0f\n", name, there.switches / there.seconds);
    printf("row %s rx-switches %.0f\n", name, there.switches / there.seconds);
    printf("row %s rx-cpu-ns %.1f\n", name, there.cpu_seconds * 1e9 / there.messages);
    printf("row %s rx-cpu %.2f\n", name, 100 * there.cpu_seconds / there.seconds);
    printf("row %s tx-cpu-ns %.1f\n", name, here.cpu_seconds * 1e9 / here.messages);
    printf("row %s lost %.3f\n", name, 100.0 * (here.messages - there.messages) / here.messages);
}

static int control_socket(bool is_server)
{
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
    inet_pton(AF_INET, is_server ? own : other, &a.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (is_server) {
        if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 1) < 0)
            fail("control");
        int accepted = accept(fd, NULL, NULL);
        close(fd);
        fd = accepted;
    } else {
        double end = now() + 5;
        while (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
            if (now() > end)
                fail("control");
            close(fd);
            usleep(2000);
            fd = socket(AF_INET, SOCK_STREAM, 0);
        }
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

int main(int argc, char **argv)
{
    if (argc < 6 || (strcmp(argv[1], "server") != 0 && strcmp(argv[1], "client") != 0)) {
        fprintf(stderr, "wire server|client OWN OTHER INTERFACE PORT [TEST…]\n");
        return 64;
    }
    own = argv[2];
    other = argv[3];
    interface = argv[4];
    port = atoi(argv[5]);
    bool is_server = argv[1][0] == 's';
    alarm(120);
    control = control_socket(is_server);
    if (is_server)
        serve();
    for (int i = 6; i < argc && !is_server; i++) {
        run(argv[i]);
        fflush(stdout);
    }
    return 0;
}
