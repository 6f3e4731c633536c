/* How long a cache line takes between two ranks, beside MPI, in a mapping of the benchmark's own: as LineProbe.cs. */
#define _GNU_SOURCE
#include "bench.h"
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WARM_ROUNDS = 30, ROUNDS = 100, GAP = 1024 };
static const unsigned gave_up = 0xffffffffu;
static const double seconds_max = 0.01;

static _Atomic unsigned *there, *back;
static unsigned number;

/* Both ranks; no file is left. */
void open_line(void)
{
    char path[64] = "/dev/shm/umps-line-XXXXXX";
    int file = -1;
    if (rank == 0) {
        file = mkstemp(path);
        if (file < 0 || ftruncate(file, PAGE) != 0) {
            perror(path);
            MPI_Abort(MPI_COMM_WORLD, 1);
        }
    }
    MPI_Bcast(path, sizeof path, MPI_CHAR, 0, MPI_COMM_WORLD);
    if (rank != 0)
        file = open(path, O_RDWR);
    char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) {
        perror(path);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    close(file);
    there = (_Atomic unsigned *)page;
    back = (_Atomic unsigned *)(page + GAP);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0)
        unlink(path);
}

/* Nanoseconds a line takes one way; both ranks call it together. 0 when it took too long: then both ranks share a processor. */
double line_nanoseconds(void)
{
    double start = 0, entered = MPI_Wtime();
    for (int i = 0; i < WARM_ROUNDS + ROUNDS; i++) {
        unsigned mine = ++number;
        if (i == WARM_ROUNDS)
            start = MPI_Wtime();
        if (rank == 0) {
            atomic_store_explicit(there, mine, memory_order_release);
            for (unsigned spins = 1; atomic_load_explicit(back, memory_order_acquire) != mine; spins++) {
                if (spins % 4096 == 0 && MPI_Wtime() - entered > seconds_max) {
                    number += WARM_ROUNDS + ROUNDS - 1 - (unsigned)i;
                    atomic_store_explicit(there, gave_up, memory_order_release);
                    return 0;
                }
            }
        } else {
            unsigned seen;
            while ((seen = atomic_load_explicit(there, memory_order_acquire)) != mine) {
                if (seen == gave_up) {
                    number += WARM_ROUNDS + ROUNDS - 1 - (unsigned)i;
                    return 0;
                }
            }
            atomic_store_explicit(back, mine, memory_order_release);
        }
    }
    return (MPI_Wtime() - start) * 1e9 / (2.0 * ROUNDS);
}
