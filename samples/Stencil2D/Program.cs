using System;
using Stencil2D;
using Umps;

// Heat in a plate: Jacobi iteration on a Cartesian grid of ranks, from a picture to a picture.
//   umpsrun -n 8 samples/Stencil2D                            the plate that ships with it, to heat.png
//   umpsrun -n 8 samples/Stencil2D --image my.png --verify    your own, compared bit for bit with the result of one rank
// Plate.cs says what a picture means, HeatBlock.cs holds one rank's part of the plate and its halos, HeatRun.cs the iteration.
using var mpi = Mpi.Init(args);
Settings? settings = Settings.Read(args, isSpeaker: mpi.World.Rank == 0, out int result);
if (settings is not null)
    result = HeatRun.Run(mpi, settings);
mpi.World.Barrier();        // nobody leaves before rank 0 has said why
return result;
