/* Ways: UDP, AF_PACKET by a call a frame, TCP without delay; AF_XDP is in xdp.c. */
#define _GNU_SOURCE
#include "wire.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static unsigned char buffer[ETHERNET + BYTES_MAX];

double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void usage_now(double *cpu, double *switches)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    *cpu = r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
    *switches = r.ru_nvcsw;
}

static double cpu_before, switches_before, begun;

void usage_begin(struct usage *usage)
{
    memset(usage, 0, sizeof *usage);
    usage_now(&cpu_before, &switches_before);
    begun = now();
}

void usage_end(struct usage *usage)
{
    double cpu, switches;
    usage->seconds = now() - begun;
    usage_now(&cpu, &switches);
    usage->cpu_seconds = cpu - cpu_before;
    usage->switches = switches - switches_before;
}

static struct sockaddr_in address_of(const char *text, int port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
    if (inet_pton(AF_INET, text, &a.sin_addr) != 1)
        fail(text);
    return a;
}

/* The peer's hardware address crosses by the control connection. */
static void exchange(int control, const unsigned char *own, unsigned char *other)
{
    if (send(control, own, 6, 0) != 6 || recv(control, other, 6, MSG_WAITALL) != 6)
        fail("exchange of addresses");
}

static void open_packet(struct way *way, const char *interface, int control)
{
    way->fd = socket(AF_PACKET, SOCK_RAW, htons(ETHERTYPE));
    struct ifreq request = { 0 };
    strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
    if (way->fd < 0 || ioctl(way->fd, SIOCGIFHWADDR, &request) < 0)
        fail(interface);
    memcpy(way->frame + 6, request.ifr_hwaddr.sa_data, 6);
    struct sockaddr_ll here = { .sll_family = AF_PACKET, .sll_protocol = htons(ETHERTYPE), .sll_ifindex = if_nametoindex(interface) };
    if (bind(way->fd, (struct sockaddr *)&here, sizeof here) < 0)
        fail("bind");
    exchange(control, way->frame + 6, way->frame);
    way->frame[12] = ETHERTYPE >> 8;
    way->frame[13] = ETHERTYPE & 255;
    memcpy(buffer, way->frame, ETHERNET);
}

static void open_xdp(struct way *way, const char *interface, int control)
{
    struct ifreq request = { 0 };
    int any = socket(AF_INET, SOCK_DGRAM, 0);
    strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
    if (ioctl(any, SIOCGIFHWADDR, &request) < 0)
        fail(interface);
    close(any);
    memcpy(way->frame + 6, request.ifr_hwaddr.sa_data, 6);
    xdp_open(way, interface);
    exchange(control, way->frame + 6, way->frame);
    way->frame[12] = ETHERTYPE >> 8;
    way->frame[13] = ETHERTYPE & 255;
}

static void open_udp(struct way *way, bool is_server, const char *own, const char *other, int port, int control)
{
    unsigned char mark[6] = { 0 };
    struct sockaddr_in here = address_of(own, port + (is_server ? 1 : 2)), there = address_of(other, port + (is_server ? 2 : 1));
    way->fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (way->fd < 0 || bind(way->fd, (struct sockaddr *)&here, sizeof here) < 0 || connect(way->fd, (struct sockaddr *)&there, sizeof there) < 0)
        fail("udp");
    exchange(control, mark, mark);
}

static void open_tcp(struct way *way, bool is_server, const char *own, const char *other, int port, int control)
{
    unsigned char mark[6] = { 0 };
    int one = 1;
    way->is_stream = true;
    way->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (is_server) {
        struct sockaddr_in here = address_of(own, port + 3);
        setsockopt(way->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (bind(way->fd, (struct sockaddr *)&here, sizeof here) < 0 || listen(way->fd, 1) < 0)
            fail("tcp");
        exchange(control, mark, mark);
        int accepted = accept(way->fd, NULL, NULL);
        close(way->fd);
        way->fd = accepted;
    } else {
        struct sockaddr_in there = address_of(other, port + 3);
        exchange(control, mark, mark);
        if (connect(way->fd, (struct sockaddr *)&there, sizeof there) < 0)
            fail("tcp");
    }
    if (way->fd < 0 || setsockopt(way->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0)
        fail("tcp");
}

struct way way_open(const struct test *test, bool is_server, const char *own, const char *other, const char *interface, int port, int control)
{
    struct way way = { .fd = -1 };
    if (strcmp(test->way, "packet") == 0)
        open_packet(&way, interface, control);
    else if (strcmp(test->way, "xdp") == 0)
        open_xdp(&way, interface, control);
    else if (strcmp(test->way, "tcp") == 0)
        open_tcp(&way, is_server, own, other, port, control);
    else
        open_udp(&way, is_server, own, other, port, control);
    way.header = strcmp(test->way, "packet") == 0 ? ETHERNET : 0;
    way.is_xdp = strcmp(test->way, "xdp") == 0;
    way.is_burst = strcmp(test->kind, "flood") == 0;
    if (!way.is_stream) {
        int room = 4 << 20;
        setsockopt(way.fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
        setsockopt(way.fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    }
    struct timeval patience = { .tv_usec = 50000 };
    setsockopt(way.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return way;
}

void way_close(struct way *way)
{
    if (way->is_xdp)
        xdp_close(way);
    else
        close(way->fd);
}

void way_send(const struct way *way, int bytes)
{
    if (way->is_xdp) {
        xdp_send(way, bytes, way->is_burst);
        return;
    }
    int length = way->header + bytes;
    const unsigned char *at = way->header ? buffer : buffer + ETHERNET;
    while (length > 0) {
        ssize_t sent = send(way->fd, at, length, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EINTR || errno == ENOBUFS || errno == EAGAIN))
            continue;
        if (sent < 0)
            fail("send");
        at += sent;
        length -= sent;
    }
}

bool way_receive(const struct way *way, int bytes, bool polls)
{
    if (way->is_xdp)
        return xdp_receive(way, polls);
    int have = 0;
    do {
        ssize_t got = recv(way->fd, buffer + ETHERNET + have, way->is_stream ? bytes - have : BYTES_MAX, polls ? MSG_DONTWAIT : 0);
        if (got <= 0) {
            if (have > 0 && got < 0 && (errno == EAGAIN || errno == EINTR))
                continue;       /* the rest of a message is on its way */
            return false;
        }
        have += got;
    } while (way->is_stream && have < bytes);
    return true;
}
