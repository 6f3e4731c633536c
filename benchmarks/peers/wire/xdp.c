/* AF_XDP as plainly as it can be used: one socket on the interface's first queue, generic attachment, copies; frames are redirected by their EtherType. Payloads are copied in and out, as by the
   calls of other ways. */
#define _GNU_SOURCE
#include "wire.h"
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { UNIT = 2048, ENTRIES = 1024, UNITS = 2 * ENTRIES, SKB_MODE = 1 << 1, BURST = 32 };

struct ring {
    void *mapping;
    size_t length;
    uint32_t *producer, *consumer;
    void *entries;
};

static unsigned char *memory;
static struct ring rx, tx, fill, completion;
static int map_fd, program_fd, link_fd;
static uint32_t sent, unsent;
static unsigned char payload[BYTES_MAX];

static long bpf(int command, union bpf_attr *attribute)
{
    return syscall(SYS_bpf, command, attribute, sizeof *attribute);
}

static void map_ring(struct ring *ring, int fd, const struct xdp_ring_offset *offset, size_t entry, long page)
{
    ring->length = offset->desc + ENTRIES * entry;
    ring->mapping = mmap(NULL, ring->length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, page);
    if (ring->mapping == MAP_FAILED)
        fail("mmap of a ring");
    ring->producer = (uint32_t *)((char *)ring->mapping + offset->producer);
    ring->consumer = (uint32_t *)((char *)ring->mapping + offset->consumer);
    ring->entries = (char *)ring->mapping + offset->desc;
}

/* if (the frame has an EtherType of ours) return bpf_redirect_map(map, rx_queue_index, XDP_PASS); return XDP_PASS; */
static void attach(int interface, int fd)
{
    union bpf_attr map = { .map_type = BPF_MAP_TYPE_XSKMAP, .key_size = 4, .value_size = 4, .max_entries = 1 };
    map_fd = bpf(BPF_MAP_CREATE, &map);
    if (map_fd < 0)
        fail("a map of sockets");
    struct bpf_insn code[] = {
        { .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 6, .src_reg = 1 },
        { .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 6, .off = 0 },
        { .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 3, .src_reg = 6, .off = 4 },
        { .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 4, .src_reg = 2 },
        { .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 4, .imm = ETHERNET },
        { .code = BPF_JMP | BPF_JGT | BPF_X, .dst_reg = 4, .src_reg = 3, .off = 8 },
        { .code = BPF_LDX | BPF_MEM | BPF_H, .dst_reg = 4, .src_reg = 2, .off = 12 },
        { .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 4, .off = 6, .imm = (ETHERTYPE >> 8) | ((ETHERTYPE & 255) << 8) },
        { .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 6, .off = 16 },
        { .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map_fd },
        { 0 },
        { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = XDP_PASS },
        { .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map },
        { .code = BPF_JMP | BPF_EXIT },
        { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = XDP_PASS },
        { .code = BPF_JMP | BPF_EXIT },
    };
    union bpf_attr load = { .prog_type = BPF_PROG_TYPE_XDP, .expected_attach_type = BPF_XDP, .insns = (uintptr_t)code, .insn_cnt = sizeof code / sizeof *code, .license = (uintptr_t)"GPL" };
    program_fd = bpf(BPF_PROG_LOAD, &load);
    if (program_fd < 0)
        fail("an XDP program");
    uint32_t key = 0;
    union bpf_attr set = { .map_fd = map_fd, .key = (uintptr_t)&key, .value = (uintptr_t)&fd };
    if (bpf(BPF_MAP_UPDATE_ELEM, &set) < 0)
        fail("the socket's place in the map");
    union bpf_attr link = { .link_create = { .prog_fd = program_fd, .target_ifindex = interface, .attach_type = BPF_XDP, .flags = SKB_MODE } };
    link_fd = bpf(BPF_LINK_CREATE, &link);
    if (link_fd < 0)
        fail("attachment of an XDP program");
}

void xdp_open(struct way *way, const char *interface)
{
    int entries = ENTRIES;
    unsigned index = if_nametoindex(interface);
    struct xdp_mmap_offsets offsets;
    socklen_t length = sizeof offsets;
    memory = mmap(NULL, (size_t)UNITS * UNIT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    way->fd = socket(AF_XDP, SOCK_RAW, 0);
    struct xdp_umem_reg registration = { .addr = (uintptr_t)memory, .len = (uint64_t)UNITS * UNIT, .chunk_size = UNIT };
    if (memory == MAP_FAILED || way->fd < 0 || setsockopt(way->fd, SOL_XDP, XDP_UMEM_REG, &registration, sizeof registration) < 0)
        fail("af_xdp");
    for (int option = XDP_RX_RING; option <= XDP_UMEM_COMPLETION_RING; option++)
        if (option != XDP_UMEM_REG && setsockopt(way->fd, SOL_XDP, option, &entries, sizeof entries) < 0)
            fail("a ring");
    if (getsockopt(way->fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) < 0)
        fail("offsets");
    map_ring(&rx, way->fd, &offsets.rx, sizeof(struct xdp_desc), XDP_PGOFF_RX_RING);
    map_ring(&tx, way->fd, &offsets.tx, sizeof(struct xdp_desc), XDP_PGOFF_TX_RING);
    map_ring(&fill, way->fd, &offsets.fr, sizeof(uint64_t), XDP_UMEM_PGOFF_FILL_RING);
    map_ring(&completion, way->fd, &offsets.cr, sizeof(uint64_t), XDP_UMEM_PGOFF_COMPLETION_RING);
    for (int i = 0; i < ENTRIES; i++)
        ((uint64_t *)fill.entries)[i] = (uint64_t)(ENTRIES + i) * UNIT;
    __atomic_store_n(fill.producer, ENTRIES, __ATOMIC_RELEASE);
    struct sockaddr_xdp here = { .sxdp_family = AF_XDP, .sxdp_flags = XDP_COPY | XDP_USE_NEED_WAKEUP, .sxdp_ifindex = index };
    double patience = now() + 2;        /* the queue is free a while after its last owner has closed it */
    int bound;
    while ((bound = bind(way->fd, (struct sockaddr *)&here, sizeof here)) < 0 && errno == EBUSY && now() < patience)
        usleep(1000);
    if (bound < 0)
        fail("bind of an AF_XDP socket");
    attach(index, way->fd);
    sent = unsent = 0;
}

void xdp_close(struct way *way)
{
    struct ring *rings[] = { &rx, &tx, &fill, &completion };
    for (int i = 0; i < 4; i++)
        munmap(rings[i]->mapping, rings[i]->length);
    close(link_fd);
    close(program_fd);
    close(map_fd);
    close(way->fd);
    munmap(memory, (size_t)UNITS * UNIT);
}

void xdp_send(const struct way *way, int bytes, bool is_burst)
{
    while (sent - __atomic_load_n(completion.producer, __ATOMIC_ACQUIRE) >= ENTRIES)
        sendto(way->fd, NULL, 0, MSG_DONTWAIT, NULL, 0);
    __atomic_store_n(completion.consumer, *completion.producer, __ATOMIC_RELEASE);
    uint32_t unit = sent % ENTRIES;
    memcpy(memory + unit * UNIT, way->frame, ETHERNET);
    memcpy(memory + unit * UNIT + ETHERNET, payload, bytes);
    ((struct xdp_desc *)tx.entries)[unit] = (struct xdp_desc){ .addr = (uint64_t)unit * UNIT, .len = ETHERNET + bytes };
    __atomic_store_n(tx.producer, ++sent, __ATOMIC_RELEASE);
    if (is_burst && ++unsent < BURST)
        return;
    unsent = 0;
    while (sendto(way->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 && (errno == EAGAIN || errno == EBUSY || errno == EINTR || errno == ENOBUFS))
        ;
}

bool xdp_receive(const struct way *way, bool polls)
{
    uint32_t at = *rx.consumer;
    if (__atomic_load_n(rx.producer, __ATOMIC_ACQUIRE) == at) {
        struct pollfd wait = { .fd = way->fd, .events = POLLIN };
        if (polls || poll(&wait, 1, 50) <= 0 || __atomic_load_n(rx.producer, __ATOMIC_ACQUIRE) == at)
            return false;
    }
    struct xdp_desc frame = ((struct xdp_desc *)rx.entries)[at % ENTRIES];
    memcpy(payload, memory + frame.addr + ETHERNET, frame.len - ETHERNET);
    __atomic_store_n(rx.consumer, at + 1, __ATOMIC_RELEASE);
    uint32_t back = *fill.producer;
    ((uint64_t *)fill.entries)[back % ENTRIES] = frame.addr / UNIT * UNIT;
    __atomic_store_n(fill.producer, back + 1, __ATOMIC_RELEASE);
    return true;
}
