/* What the files of the peers' benchmark share. Standard MPI only, so that any implementation can be measured. */
#ifndef BENCH_H
#define BENCH_H
#include <mpi.h>
#include <stddef.h>

enum { WINDOW = 64, PAGE = 4096 };

extern int rank, ranks;
extern char *send_buffer, *receive_buffer; /* page-aligned and touched, long enough for every measure of the run */

/* A measure: its name is that of benchmarks/Umps.Bench, and so are its loop and its unit. */
struct measure {
    const char *name;
    int ranks; /* how many it is for, 0 for any number */
    int single; /* one call is the whole measurement: no warming up, no calibrating */
    double (*run)(int bytes, int loops); /* collective; the figure is rank 0's */
    size_t (*buffer_bytes)(int bytes);
};

/* pair.c */
double latency(int bytes, int loops);
double bandwidth(int bytes, int loops);
double rate(int bytes, int loops);
double both_directions(int bytes, int loops);
double overlap(int bytes, int loops);
/* group.c */
double many_pairs(int bytes, int loops);
double many_latencies(int bytes, int loops);
double ring(int bytes, int loops);
double barrier(int bytes, int loops);
double bcast(int bytes, int loops);
double reduce(int bytes, int loops);
double allreduce(int bytes, int loops);
double gather(int bytes, int loops);
double allgather(int bytes, int loops);
double scatter(int bytes, int loops);
double alltoall(int bytes, int loops);
/* waiting.c */
double idle(int bytes, int loops);
double imbalance(int bytes, int loops);
/* line.c */
void open_line(void);
double line_nanoseconds(void);
#endif
