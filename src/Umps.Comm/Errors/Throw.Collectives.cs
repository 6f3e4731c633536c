using System;
using Umps.Buffers;
using Umps.Collectives;

namespace Umps;

/// <summary>The errors of collectives, communicators and topologies.</summary>
internal static partial class Throw
{
    /// <summary>UMPS2301.</summary>
    public static MpiException CollectivesDiffer(Comm comm, int ownTag, in Status received) => Make(
        comm.Core, CollectiveTag.NameOf(ownTag) == CollectiveTag.NameOf(received.Tag) ? MpiErrorClass.Root : MpiErrorClass.Other,
        ErrorId.CollectivesDiffer, $"Comm.{CollectiveTag.NameOf(ownTag)}",
        $"rank {N(received.Source)} called {CollectiveTag.NameOf(received.Tag)} with root {N(CollectiveTag.RootOf(received.Tag))} where this rank called "
        + $"{CollectiveTag.NameOf(ownTag)} with root {N(CollectiveTag.RootOf(ownTag))}. Call the same collectives, in the same order and with the same root, on every rank.");

    /// <summary>UMPS2302.</summary>
    public static MpiException RootOutOfRange(Comm comm, string call, int root) => Make(
        comm.Core, MpiErrorClass.Root, ErrorId.RootOutOfRange, $"Comm.{call}",
        $"root is {N(root)}; the communicator has ranks 0 to {N(comm.Size - 1)}. Pass one of them.");

    /// <summary>UMPS2004, where nobody is no answer.</summary>
    public static MpiException NoSuchRank(Comm comm, string call, int rank) => Make(
        comm.Core, MpiErrorClass.Rank, ErrorId.RankOutOfRange, call,
        $"rank is {N(rank)}; the communicator has ranks 0 to {N(comm.Size - 1)}. Pass one of them.");

    /// <summary>UMPS2303.</summary>
    public static MpiException TooShort(Comm comm, string call, string parameter, int length, long needed) => Make(
        comm.Core, MpiErrorClass.Buffer, ErrorId.TooShort, $"Comm.{call}",
        $"{parameter} has {N(length)} elements; on {N(comm.Size)} ranks it must have {N(needed)}. Give a longer one.");

    /// <summary>UMPS2304.</summary>
    public static MpiException OpLacksType<T>(Comm comm, string call, Op op)
        where T : unmanaged => Make(
        comm.Core, MpiErrorClass.Op, ErrorId.OpLacksType, $"Comm.{call}<{TypeHash.NameOf(TypeHash<T>.Value)}>",
        op.ElementType is { } type
            ? $"{op} was made for {type}; the elements are {typeof(T)}. Make an operator with Op.Create<{typeof(T).Name}>."
            : $"{op} does not take {typeof(T)}. Its summary names the types it takes; for others make an operator with Op.Create.");

    /// <summary>UMPS2305.</summary>
    public static MpiException NotDivisible(Comm comm, string call, int length) => Make(
        comm.Core, MpiErrorClass.Count, ErrorId.NotDivisible, $"Comm.{call}",
        $"send has {N(length)} elements, no multiple of {N(comm.Size)} ranks. Give as many elements for each rank.");

    /// <summary>UMPS2305.</summary>
    public static MpiException NotDivisible(Comm comm, string call, int length, int each) => Make(
        comm.Core, MpiErrorClass.Count, ErrorId.NotDivisible, $"Comm.{call}",
        $"send has {N(length)} elements; {N(comm.Size)} ranks get {N(each)} each, {N((long)each * comm.Size)} in all. Give as many as are dealt out.");

    /// <summary>UMPS2306.</summary>
    public static MpiException ColorOutOfRange(Comm comm, int color) => Make(
        comm.Core, MpiErrorClass.Arg, ErrorId.ColorOutOfRange, "Comm.Split",
        $"color is {N(color)}; colors are 0 or more. Pass one, or Comm.Undefined to be left out.");

    /// <summary>UMPS2307.</summary>
    public static MpiException GridTooLarge(Comm comm, ReadOnlySpan<int> dimensions, long points) => Make(
        comm.Core, MpiErrorClass.Dims, ErrorId.GridDoesNotFit, "Comm.CreateCart",
        $"the grid {Product(dimensions)} has {N(points)} points; the communicator has {N(comm.Size)} ranks. Choose it with Comm.CreateDims, or start more ranks.");

    /// <summary>UMPS2307.</summary>
    public static MpiException DimensionNotPositive(Comm comm, ReadOnlySpan<int> dimensions, int dimension) => Make(
        comm.Core, MpiErrorClass.Dims, ErrorId.GridDoesNotFit, "Comm.CreateCart",
        $"dimension {N(dimension)} of the grid {Product(dimensions)} is not positive. Choose free dimensions with Comm.CreateDims first.");

    /// <summary>UMPS2308.</summary>
    public static MpiException DimensionsDiffer(Comm comm, string call, string what, int count, int dimensions) => Make(
        comm.Core, MpiErrorClass.Topology, ErrorId.DimensionsDiffer, call,
        $"{what} {N(count)}; the grid has {N(dimensions)} dimensions, from 0 on. Give one for each dimension, or one that it has.");

    /// <summary>UMPS2309.</summary>
    public static MpiException PointOutOfRange(CartComm comm, int dimension, int coordinate) => Make(
        comm.Core, MpiErrorClass.Rank, ErrorId.PointOutOfRange, "CartComm.RankAt",
        $"coordinate {N(dimension)} is {N(coordinate)}; the dimension is not periodic and has points 0 to {N(comm.Dimensions[dimension] - 1)}. "
        + "Pass one of them; Shift gives Comm.ProcNull beyond an edge.");

    /// <summary>UMPS2310.</summary>
    public static MpiException BuffersOverlap(Comm comm, string call) => Make(
        comm.Core, MpiErrorClass.Buffer, ErrorId.BuffersOverlap, $"Comm.{call}",
        "send and recv lie across each other. Pass the same memory for both, or memory apart.");

    /// <summary>UMPS2311.</summary>
    public static MpiException CollectiveTooLong(Comm comm, string call, long lengthBytes) => Make(
        comm.Core, MpiErrorClass.Count, ErrorId.CollectiveTooLong, $"Comm.{call}",
        $"a buffer has {N(lengthBytes)} bytes; a collective takes {N(int.MaxValue)}. Call it for parts.");

    /// <summary>UMPS2312.</summary>
    public static MpiException EnteredTwice(Comm comm, string call) => Make(
        comm.Core, MpiErrorClass.Other, ErrorId.EnteredTwice, $"Comm.{call}",
        "another call of this rank is in a collective of this communicator. Give each thread a communicator of its own (Dup), and call none from within an operator.");

    /// <summary>UMPS2313.</summary>
    public static MpiException OperatorFailed(Comm comm, string call) => Make(
        comm.Core, MpiErrorClass.Op, ErrorId.OperatorFailed, $"Comm.{call}",
        "the operator threw on the rank that combined the vectors of all. Look at that rank's exception; this communicator cannot be used for collectives any more.");

    /// <summary>UMPS2314.</summary>
    public static MpiException OutOfStep(Comm comm, string call) => Make(
        comm.Core, MpiErrorClass.Other, ErrorId.OutOfStep, $"Comm.{call}",
        "an earlier collective of this communicator failed, so its ranks are not in step any more. Look at the first error; make a new communicator of another one to go on.");

    private static string Product(ReadOnlySpan<int> dimensions) => string.Join(" x ", dimensions.ToArray());
}
