/* Measures between two ranks: the loops of the OSU micro-benchmarks (osu_latency, osu_bw, osu_bibw), in words of our own. */
#include "bench.h"

#define WORLD MPI_COMM_WORLD

/* Ping-pong: microseconds one way. */
double latency(int bytes, int loops)
{
    double start = MPI_Wtime();
    if (rank == 0) {
        for (int i = 0; i < loops; i++) {
            MPI_Send(send_buffer, bytes, MPI_BYTE, 1, 1, WORLD);
            MPI_Recv(receive_buffer, bytes, MPI_BYTE, 1, 1, WORLD, MPI_STATUS_IGNORE);
        }
    } else {
        for (int i = 0; i < loops; i++) {
            MPI_Recv(receive_buffer, bytes, MPI_BYTE, 0, 1, WORLD, MPI_STATUS_IGNORE);
            MPI_Send(send_buffer, bytes, MPI_BYTE, 0, 1, WORLD);
        }
    }
    return (MPI_Wtime() - start) * 1e6 / (2.0 * loops);
}

/* Windows of messages from rank 0 to rank 1, each answered by four bytes: seconds. */
static double windows(int bytes, int loops)
{
    MPI_Request requests[WINDOW];
    int answer = 0;
    double start = MPI_Wtime();
    for (int i = 0; i < loops; i++) {
        if (rank == 0) {
            for (int w = 0; w < WINDOW; w++)
                MPI_Isend(send_buffer, bytes, MPI_BYTE, 1, 2, WORLD, &requests[w]);
            MPI_Waitall(WINDOW, requests, MPI_STATUSES_IGNORE);
            MPI_Recv(&answer, 1, MPI_INT, 1, 3, WORLD, MPI_STATUS_IGNORE);
        } else {
            for (int w = 0; w < WINDOW; w++)
                MPI_Irecv(receive_buffer, bytes, MPI_BYTE, 0, 2, WORLD, &requests[w]);
            MPI_Waitall(WINDOW, requests, MPI_STATUSES_IGNORE);
            MPI_Send(&answer, 1, MPI_INT, 0, 3, WORLD);
        }
    }
    return MPI_Wtime() - start;
}

/* MB/s (10^6). */
double bandwidth(int bytes, int loops)
{
    return (double)bytes * WINDOW * loops / (windows(bytes, loops) * 1e6);
}

/* Millions of messages a second. */
double rate(int bytes, int loops)
{
    return (double)WINDOW * loops / (windows(bytes, loops) * 1e6);
}

/* Windows both ways at once: MB/s of both together. */
double both_directions(int bytes, int loops)
{
    MPI_Request requests[2 * WINDOW];
    int answer = 0, other = 1 - rank;
    double start = MPI_Wtime();
    for (int i = 0; i < loops; i++) {
        for (int w = 0; w < WINDOW; w++)
            MPI_Irecv(receive_buffer, bytes, MPI_BYTE, other, 2, WORLD, &requests[w]);
        for (int w = 0; w < WINDOW; w++)
            MPI_Isend(send_buffer, bytes, MPI_BYTE, other, 2, WORLD, &requests[WINDOW + w]);
        MPI_Waitall(2 * WINDOW, requests, MPI_STATUSES_IGNORE);
        if (rank == 0)
            MPI_Recv(&answer, 1, MPI_INT, 1, 3, WORLD, MPI_STATUS_IGNORE);
        else
            MPI_Send(&answer, 1, MPI_INT, 0, 3, WORLD);
    }
    return 2.0 * bytes * WINDOW * loops / ((MPI_Wtime() - start) * 1e6);
}

static volatile double sink;

static void compute(double seconds)
{
    for (double end = MPI_Wtime() + seconds; MPI_Wtime() < end;)
        for (int i = 0; i < 100; i++)
            sink = sink * 0.5 + 1.0;
}

static double transfer(int bytes, double seconds_of_work)
{
    MPI_Request request;
    double start = MPI_Wtime();
    if (rank == 0)
        MPI_Isend(send_buffer, bytes, MPI_BYTE, 1, 4, WORLD, &request);
    else
        MPI_Irecv(receive_buffer, bytes, MPI_BYTE, 0, 4, WORLD, &request);
    if (seconds_of_work > 0)
        compute(seconds_of_work);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    double taken = MPI_Wtime() - start;
    MPI_Barrier(WORLD);
    return taken;
}

/* The percentage of a transfer that passes while both ranks compute for as long as the transfer alone takes. */
double overlap(int bytes, int loops)
{
    double alone = 0, beside = 0, slowest;
    for (int i = 0; i < loops; i++)
        alone += transfer(bytes, 0) / loops;
    MPI_Allreduce(&alone, &slowest, 1, MPI_DOUBLE, MPI_MAX, WORLD);
    for (int i = 0; i < loops; i++)
        beside += transfer(bytes, slowest) / loops;
    MPI_Allreduce(MPI_IN_PLACE, &beside, 1, MPI_DOUBLE, MPI_MAX, WORLD);
    double hidden = 100 * (1 - (beside - slowest) / slowest);
    return hidden < 0 ? 0 : hidden > 100 ? 100 : hidden;
}
