/* Measures among any number of ranks: pairs, a token, and the collectives as OSU times them (each call alone, the mean over ranks). */
#include "bench.h"

#define WORLD MPI_COMM_WORLD

/* The first half of the ranks sends windows to the second: MB/s of all pairs together, over the slowest pair's time. */
double many_pairs(int bytes, int loops)
{
    MPI_Request requests[WINDOW];
    int pairs = ranks / 2, sends = rank < pairs, other = sends ? rank + pairs : rank - pairs, answer = 0;
    double start = MPI_Wtime();
    for (int i = 0; i < loops && rank < 2 * pairs; i++) {
        for (int w = 0; w < WINDOW; w++) {
            if (sends)
                MPI_Isend(send_buffer, bytes, MPI_BYTE, other, 2, WORLD, &requests[w]);
            else
                MPI_Irecv(receive_buffer, bytes, MPI_BYTE, other, 2, WORLD, &requests[w]);
        }
        MPI_Waitall(WINDOW, requests, MPI_STATUSES_IGNORE);
        if (sends)
            MPI_Recv(&answer, 1, MPI_INT, other, 3, WORLD, MPI_STATUS_IGNORE);
        else
            MPI_Send(&answer, 1, MPI_INT, other, 3, WORLD);
    }
    double taken = MPI_Wtime() - start, slowest;
    MPI_Allreduce(&taken, &slowest, 1, MPI_DOUBLE, MPI_MAX, WORLD);
    return (double)bytes * WINDOW * loops * pairs / (slowest * 1e6);
}

/* All pairs play ping-pong at once: microseconds one way, the mean. */
double many_latencies(int bytes, int loops)
{
    int pairs = ranks / 2, first = rank < pairs, other = first ? rank + pairs : rank - pairs;
    double start = MPI_Wtime();
    for (int i = 0; i < loops && rank < 2 * pairs; i++) {
        if (first) {
            MPI_Send(send_buffer, bytes, MPI_BYTE, other, 1, WORLD);
            MPI_Recv(receive_buffer, bytes, MPI_BYTE, other, 1, WORLD, MPI_STATUS_IGNORE);
        } else {
            MPI_Recv(receive_buffer, bytes, MPI_BYTE, other, 1, WORLD, MPI_STATUS_IGNORE);
            MPI_Send(send_buffer, bytes, MPI_BYTE, other, 1, WORLD);
        }
    }
    double taken = first ? (MPI_Wtime() - start) * 1e6 / (2.0 * loops) : 0, sum;
    MPI_Allreduce(&taken, &sum, 1, MPI_DOUBLE, MPI_SUM, WORLD);
    return sum / pairs;
}

/* A token round all ranks: microseconds a hop. */
double ring(int bytes, int loops)
{
    int next = (rank + 1) % ranks, previous = (rank + ranks - 1) % ranks;
    double start = MPI_Wtime();
    for (int i = 0; i < loops; i++) {
        if (rank == 0) {
            MPI_Send(send_buffer, bytes, MPI_BYTE, next, 1, WORLD);
            MPI_Recv(receive_buffer, bytes, MPI_BYTE, previous, 1, WORLD, MPI_STATUS_IGNORE);
        } else {
            MPI_Recv(receive_buffer, bytes, MPI_BYTE, previous, 1, WORLD, MPI_STATUS_IGNORE);
            MPI_Send(send_buffer, bytes, MPI_BYTE, next, 1, WORLD);
        }
    }
    return (MPI_Wtime() - start) * 1e6 / ((double)loops * ranks);
}

static double mean_over_ranks(double seconds, int loops)
{
    double sum;
    MPI_Allreduce(&seconds, &sum, 1, MPI_DOUBLE, MPI_SUM, WORLD);
    return sum * 1e6 / ((double)loops * ranks);
}

double barrier(int bytes, int loops)
{
    (void)bytes;
    double seconds = 0;
    for (int i = 0; i < loops; i++) {
        double start = MPI_Wtime();
        MPI_Barrier(WORLD);
        seconds += MPI_Wtime() - start;
    }
    return mean_over_ranks(seconds, loops);
}

/* Times CALL alone; the barrier after it, outside the time, keeps the ranks together. */
#define COLLECTIVE(name, CALL) \
    double name(int bytes, int loops) \
    { \
        double seconds = 0; \
        for (int i = 0; i < loops; i++) { \
            double start = MPI_Wtime(); \
            CALL; \
            seconds += MPI_Wtime() - start; \
            MPI_Barrier(WORLD); \
        } \
        return mean_over_ranks(seconds, loops); \
    }

COLLECTIVE(bcast, MPI_Bcast(send_buffer, bytes, MPI_BYTE, 0, WORLD))
COLLECTIVE(reduce, MPI_Reduce(send_buffer, receive_buffer, bytes / (int)sizeof(double), MPI_DOUBLE, MPI_SUM, 0, WORLD))
COLLECTIVE(allreduce, MPI_Allreduce(send_buffer, receive_buffer, bytes / (int)sizeof(double), MPI_DOUBLE, MPI_SUM, WORLD))
COLLECTIVE(gather, MPI_Gather(send_buffer, bytes, MPI_BYTE, receive_buffer, bytes, MPI_BYTE, 0, WORLD))
COLLECTIVE(allgather, MPI_Allgather(send_buffer, bytes, MPI_BYTE, receive_buffer, bytes, MPI_BYTE, WORLD))
COLLECTIVE(scatter, MPI_Scatter(send_buffer, bytes, MPI_BYTE, receive_buffer, bytes, MPI_BYTE, 0, WORLD))
COLLECTIVE(alltoall, MPI_Alltoall(send_buffer, bytes, MPI_BYTE, receive_buffer, bytes, MPI_BYTE, WORLD))
