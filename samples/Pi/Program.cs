using System;
using Umps;

// π as the integral of 4 / (1 + x²) from 0 to 1: each rank sums every size-th strip, and a reduction adds the sums up on rank 0.
//   umpsrun -n 4 samples/Pi
const int strips = 20_000_000;
const double width = 1.0 / strips;

using var mpi = Mpi.Init(args);
Comm world = mpi.World;
double begin = Mpi.Wtime();

double sum = 0;
for (int i = world.Rank; i < strips; i += world.Size)
{
    double x = (i + 0.5) * width;       // the middle of the strip
    sum += 4 / (1 + x * x);
}

double pi = world.Reduce(sum * width, Op.Sum, root: 0);
if (world.Rank != 0)
    return 0;

double error = Math.Abs(pi - Math.PI);
Console.WriteLine($"π = {pi:F15}, off by {error:E1}: {strips:N0} strips on {world.Size} ranks in {Mpi.Wtime() - begin:F3} s");
return error < 1e-10 ? 0 : 1;
