using System;
using Umps;

// The smallest program: every rank says who it is.
//   dotnet run --project samples/Hello                        one rank, no launcher
//   umpsrun -n 4 samples/Hello                                four processes
using var mpi = Mpi.Init(args);
Comm world = mpi.World;
Console.WriteLine($"Hello from rank {world.Rank} of {world.Size} on {Environment.MachineName}: {Environment.ProcessorCount} processors, pid {Environment.ProcessId}");
