using System;
using System.Globalization;
using Umps.Buffers;
using Umps.Requests;
using Umps.Transport;

namespace Umps;

/// <summary>The out-of-line makers of errors: id, who, call, fact with value and bound, remedy.</summary>
internal static partial class Throw
{
    /// <summary>UMPS2001.</summary>
    public static MpiException NotRunning(RankCore core, string call) => Make(
        core, MpiErrorClass.Session, ErrorId.NotRunning, call,
        "this rank has left the job: its Mpi is disposed. Keep the Mpi until the last call.");

    /// <summary>UMPS2002.</summary>
    public static MpiException InitialisedTwice() => new(
        MpiErrorClass.Session, ErrorId.InitialisedTwice, -1,
        $"UMPS{ErrorId.InitialisedTwice} (pid {Environment.ProcessId}) Mpi.Init: this process is a rank already; it can be one. "
        + "Pass the first Mpi or its World on; for several ranks in a process use MpiHost.Run.");

    /// <summary>UMPS2003.</summary>
    public static MpiException CannotJoin(Exception cause) => new(
        MpiErrorClass.Session, ErrorId.CannotJoin, -1,
        $"UMPS{ErrorId.CannotJoin} (pid {Environment.ProcessId}) Mpi.Init: this process was started for a job, and cannot join it: {cause.Message}", cause);

    /// <summary>UMPS2004.</summary>
    public static MpiException RankOutOfRange(Comm comm, string call, string parameter, int rank) => Make(
        comm.Core, MpiErrorClass.Rank, ErrorId.RankOutOfRange, $"Comm.{call}",
        $"{parameter} is {N(rank)}; the communicator has ranks 0 to {N(comm.Size - 1)}. Pass one of them, or Comm.ProcNull for nobody"
        + (parameter == "source" ? ", or Comm.AnySource for anybody." : "."));

    /// <summary>UMPS2005.</summary>
    public static MpiException NullComm(Comm comm, string call) => Make(
        comm.Core, MpiErrorClass.Comm, ErrorId.NullComm, call,
        $"this is the null communicator: {comm.NullReason}. Ask IsNull before using what Split or CreateCart returned.");

    /// <summary>UMPS2006.</summary>
    public static MpiException DisposedComm(Comm comm, string call) => Make(
        comm.Core, MpiErrorClass.Comm, ErrorId.DisposedComm, call,
        "the communicator has been disposed. Dispose it after its last use.");

    /// <summary>UMPS2007.</summary>
    public static MpiException TagOutOfRange(Comm comm, string call, string parameter, int tag) => Make(
        comm.Core, MpiErrorClass.Tag, ErrorId.TagOutOfRange, $"Comm.{call}",
        $"{parameter} is {N(tag)}; tags are 0 to {N(int.MaxValue)}. Pass one of them; a receive may pass Comm.AnyTag.");

    /// <summary>UMPS2102.</summary>
    public static MpiException TypeMismatch(RankCore core, RequestState receive, uint sentType) => Make(
        core, MpiErrorClass.Type, ErrorId.TypeMismatch, CallOf(receive),
        $"the message from rank {N(receive.Status.Source)}, tag {N(receive.Status.Tag)}, has elements of {TypeHash.NameOf(sentType)}; "
        + $"the receive takes {TypeHash.NameOf(receive.TypeHash)}. Use one type on both sides; byte matches anything.");

    /// <summary>UMPS2103.</summary>
    public static MpiException NotWhole(RankCore core, RequestState receive) => Make(
        core, MpiErrorClass.Type, ErrorId.NotWhole, CallOf(receive),
        $"the message from rank {N(receive.Status.Source)}, tag {N(receive.Status.Tag)}, has {N(receive.Status.LengthBytes)} bytes, "
        + $"no whole number of elements of {N(receive.ElementBytes)}. Receive it as bytes.");

    /// <summary>UMPS2104.</summary>
    public static MpiException NotOneValue<T>(Comm comm, string call, in Status status)
        where T : unmanaged => Make(
        comm.Core, MpiErrorClass.Count, ErrorId.NotOneValue, $"Comm.{call}<{TypeHash.NameOf(TypeHash<T>.Value)}>",
        $"the message from rank {N(status.Source)}, tag {N(status.Tag)}, has {N(status.LengthBytes / SpanBytes.SizeOf<T>())} elements; "
        + "this form takes exactly 1. Receive into a span.");

    /// <summary>UMPS2105.</summary>
    public static MpiException AwaitedTwice(RankCore core, RequestState state) => Make(
        core, MpiErrorClass.Request, ErrorId.AwaitedTwice, CallOf(state),
        "the request is being awaited already. Await it once; use Test or Wait elsewhere.");

    /// <summary>UMPS2106.</summary>
    public static MpiException CannotCancelSend(RankCore core, RequestState state) => Make(
        core, MpiErrorClass.Request, ErrorId.CannotCancelSend, CallOf(state),
        "a send cannot be cancelled: its receiver may have seen it. Wait for it.");

    /// <summary>UMPS2107.</summary>
    public static MpiException Truncated(RankCore core, RequestState receive) => Make(
        core, receive.Status, MpiErrorClass.Truncate, ErrorId.Truncated, CallOf(receive),
        $"the message from rank {N(receive.Status.Source)}, tag {N(receive.Status.Tag)}, has {N(receive.Status.LengthBytes / receive.ElementBytes)} elements; "
        + $"the buffer holds {N(receive.Buffer.LengthBytes / receive.ElementBytes)}. Give a longer span, or ask with Probe first.");

    /// <summary>UMPS2108.</summary>
    public static MpiException TooManyEnvelopes(RankCore core, int busiestSource, int busiestCount) => Make(
        core, MpiErrorClass.NoMem, ErrorId.TooManyEnvelopes, "progress",
        $"{N(core.Options.EnvelopesMax)} messages wait for a receive, {N(busiestCount)} of them from rank {N(busiestSource)} of the world; that is the limit. "
        + "Look for a missing receive, or raise Umps:EnvelopesMax.");

    /// <summary>UMPS2109.</summary>
    public static MpiException TooLong(RankCore core, RequestState receive) => Make(
        core, MpiErrorClass.Count, ErrorId.TooLong, CallOf(receive),
        $"the message from rank {N(receive.Status.Source)}, tag {N(receive.Status.Tag)}, has {N(receive.Status.LengthBytes)} bytes; "
        + $"an object's may have {N(Array.MaxLength)}. Send it in parts.");

    /// <summary>UMPS2111.</summary>
    public static MpiException CountsDiffer(Comm comm, string call, int source, long sentBytes, long expectedBytes) => Make(
        comm.Core, MpiErrorClass.Truncate, ErrorId.CountsDiffer, $"Comm.{call}",
        $"rank {N(source)} sent {N(sentBytes)} bytes where this rank expects {N(expectedBytes)}: counts or types differ between the ranks. "
        + "Call with the same count and type on every rank.");

    /// <summary>UMPS2112.</summary>
    public static MpiException Serializer(RankCore core, string call, string what, Type type, Exception cause)
    {
        Exception root = cause.GetBaseException();
        return Make(
            core, MpiErrorClass.Type, ErrorId.Serializer, $"Comm.{call}<{type}>",
            $"MessagePack has not {what} the object: {root.GetType().Name}: {root.Message} "
            + "Make the type and its members public, or pass serializer options whose resolver has a formatter for it (under Native AOT always: "
            + "formatters made at build time); use the same options on both sides.",
            cause);
    }

    /// <summary>UMPS2201.</summary>
    public static MpiException PeerLost(RankCore core, RequestState state, string reason) =>
        PeerLost(core, state.Comm, state.Peer, CallOf(state), reason);

    /// <summary>UMPS2201.</summary>
    public static MpiException PeerLost(RankCore core, Comm comm, int endpoint, string call, string reason) => Make(
        core, MpiErrorClass.ProcFailed, ErrorId.PeerLost, call,
        endpoint == Comm.AnySource
            ? $"every other rank of the communicator is gone; the last: {reason}. Look at the first report of a failed rank."
            : $"rank {N(comm.Group.RankOf(endpoint))} (node {core.NodeOf(endpoint)}) is gone: {reason}. "
              + "Look at that rank's report; a rank that leaves must have sent and received all it owes.");

    /// <summary>UMPS2202.</summary>
    public static MpiException Aborted(RankCore core, string call, string why) => Make(
        core, MpiErrorClass.Aborted, ErrorId.Aborted, call,
        $"the job is being ended: {why}. Look at the first report.");

    /// <summary>UMPS2203.</summary>
    public static MpiException Malformed(RankCore core, int peer, string what) => Make(
        core, MpiErrorClass.Intern, ErrorId.Malformed, "progress",
        $"endpoint {N(peer)} sent what no rank sends: {what}. All ranks must run the same version of the library; else report a fault.");

    /// <summary>UMPS2204.</summary>
    public static MpiException Transport(RankCore core, string call, UmpsException cause) => Make(
        core, MpiErrorClass.Other, ErrorId.Transport, call,
        $"the transport failed: {cause.Message}", cause);

    /// <summary>UMPS2205.</summary>
    public static MpiException Unexpected(RankCore core, string call, Exception cause) => Make(
        core, MpiErrorClass.Intern, ErrorId.Unexpected, call,
        $"{cause.GetType().Name}: {cause.Message} This is a fault of the library; please report it with the stack.", cause);

    /// <summary>The sentence for Comm.Abort.</summary>
    public static string AbortCalled(Comm comm, int status) => $"{comm.Core.Who} called Comm.Abort({status.ToString(CultureInfo.InvariantCulture)})";

    /// <summary>UMPS2206.</summary>
    public static MpiException RankFailed(int rank, int size, Exception cause, string consequence) => cause is MpiException error
        ? new MpiException(error.ErrorClass, error.ErrorId, rank, error.Message + consequence, error)
        : new MpiException(
            MpiErrorClass.Other, ErrorId.RankFailed, rank,
            $"UMPS{ErrorId.RankFailed} rank {rank} of {size} (pid {Environment.ProcessId}) MpiHost.Run: the body failed: {cause.GetType().Name}: {cause.Message}{consequence}",
            cause);

    /// <summary>UMPS2207, the end of another error's text.</summary>
    public static string RanksStillCompute(string ranks, double seconds) =>
        $" UMPS{ErrorId.RankStillComputes}: {ranks} still computed {seconds.ToString(CultureInfo.InvariantCulture)} s later; a thread cannot be killed, so it goes on in the background.";

    /// <summary>UMPS2208, a warning.</summary>
    public static string RequestsLeft(RankCore core, int sends, int receives, int untaken) => Make(
        core, MpiErrorClass.Request, ErrorId.RequestsLeft, "Mpi.Dispose",
        $"{N(sends)} sends and {N(receives)} receives are still under way, and {N(untaken)} complete requests were never waited for. "
        + "Complete every request (Wait, Test, await) before the Mpi is disposed.").Message;

    /// <summary>UMPS2209, a warning.</summary>
    public static string SendsUnfinished(RankCore core, int count) => Make(
        core, MpiErrorClass.Pending, ErrorId.SendsUnfinished, "Mpi.Dispose",
        $"{N(count)} sends have not gone after {core.Options.FinalizeSeconds.ToString(CultureInfo.InvariantCulture)} s; what they hold is lost. "
        + "Receive every message, or raise Umps:FinalizeSeconds.").Message;

    /// <summary>The same fault, told by a call that it ends.</summary>
    public static MpiException Again(RankCore core, string call, MpiException fault) =>
        Make(core, fault.ErrorClass, fault.ErrorId, call, fault.Fact ?? fault.Message, fault);

    /// <summary>The call as the program wrote it.</summary>
    public static string CallOf(RequestState state) =>
        (state.Context & 1) != 0 || state.TypeHash == TypeHash.Object ? $"Comm.{state.Call}" : $"Comm.{state.Call}<{TypeHash.NameOf(state.TypeHash)}>";

    private static MpiException Make(RankCore core, MpiErrorClass errorClass, int id, string call, string fact, Exception? cause = null) =>
        Make(core, Status.Empty, errorClass, id, call, fact, cause);

    private static MpiException Make(
        RankCore core, in Status received, MpiErrorClass errorClass, int id, string call, string fact, Exception? cause = null) =>
        new(errorClass, id, core.Rank, $"UMPS{id.ToString(CultureInfo.InvariantCulture)} {core.Who} {call}: {fact}", cause) { Fact = fact, Received = received };

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
