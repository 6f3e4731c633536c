/* The kernel's own paths between two nodes, as plainly as they can be used: what benchmarks/paper holds Umps.Mpi's agents against. wire.c says how it goes. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

enum { BYTES_MAX = 1500, ETHERNET = 14, ETHERTYPE = 0x88b6 };

/* A way for messages of one size. A packet is received whole, or not at all; a stream is read until the message is there. */
struct way {
    int fd;
    bool is_stream;
    bool is_xdp, is_burst;              /* of xdp: frames leave many at a time */
    int header;                         /* bytes before the payload that are the way's own */
    unsigned char frame[ETHERNET];      /* of packet: what stands before each payload */
};

/* What a test is. */
struct test {
    char kind[16];      /* latency, flood, load */
    char way[16];       /* udp, packet, tcp, xdp */
    char wait[16];      /* poll, sleep */
    int bytes;
    double number;      /* latency: seconds; flood: seconds; load: messages a second */
};

/* What one side used. */
struct usage {
    double seconds, cpu_seconds, switches;
    long messages;
};

double now(void);
void fail(const char *what);
void usage_begin(struct usage *usage);
void usage_end(struct usage *usage);

struct way way_open(const struct test *test, bool is_server, const char *own, const char *other, const char *interface, int port, int control);
void way_close(struct way *way);
void way_send(const struct way *way, int bytes);
/* False when nothing came: at once for poll, after 50 ms for sleep. */
bool way_receive(const struct way *way, int bytes, bool polls);

void xdp_open(struct way *way, const char *interface);
void xdp_close(struct way *way);
void xdp_send(const struct way *way, int bytes, bool is_burst);
bool xdp_receive(const struct way *way, bool polls);

#endif
