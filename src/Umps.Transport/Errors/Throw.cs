using System;
using System.Globalization;
using Umps.Transport.Interop;

namespace Umps.Transport;

/// <summary>The out-of-line makers of errors: id, who, call, fact with value and bound, remedy.</summary>
internal static partial class Throw
{
    /// <summary>UMPS1001.</summary>
    public static UmpsException MemoryRefused(string call, long lengthBytes, Errno error) => Make(
        ErrorId.MemoryRefused, "KernelAgent.Create",
        $"{call} for the node's memory ({Mib(lengthBytes)} of addresses, few of them used) failed: {error}. "
        + (error is Errno.ENOMEM
            ? "Raise the limit on addresses (ulimit -v), or lower the number of ranks on this node."
            : error is Errno.EMFILE ? "Raise the limit on open files (ulimit -n)." : "The kernel must allow memfd_create: look at the container's seccomp rules."));

    /// <summary>UMPS1002.</summary>
    public static UmpsException MemoryExhausted(string what, long lengthBytes, Errno error) => Make(
        ErrorId.MemoryExhausted, "Endpoint",
        $"fallocate of {Mib(lengthBytes)} of the node's shared memory for {what} failed: {error}. "
        + "The limit is the memory cgroup of this container or job (memory.max), or the memory of the machine with its /dev/shm. "
        + "Raise it, start fewer ranks on this node, or lower Umps:Transport:Shm:UnitPoolBytes.");

    /// <summary>UMPS1003.</summary>
    public static UmpsException OptionOutOfRange(string option, long value, long min, long max) => Make(
        ErrorId.OptionOutOfRange, "TransportOptions", $"Umps:Transport:{option} is {N(value)}; it may be {N(min)} to {N(max)}. Set it so.");

    /// <summary>UMPS1004.</summary>
    public static UmpsException WrongLayout(string what, ulong found, ulong expected) => Make(
        ErrorId.WrongLayout, "NodeMemory.Receive",
        $"the node's memory has {what} {found}; this library knows {expected}. The node agent and this program use different versions of Umps: build both with one.");

    /// <summary>UMPS1005.</summary>
    public static UmpsException JoinFailed(string call, string fact, string remedy) => Make(ErrorId.JoinFailed, call, $"{fact}. {remedy}");

    /// <summary>UMPS1006.</summary>
    public static UmpsException NoAgent(int endpoint, int peer, string fact) => Make(
        ErrorId.NoAgent, "Endpoint", $"no agent carries traffic from endpoint {N(endpoint)} to endpoint {N(peer)}: {fact}.");

    /// <summary>UMPS1007.</summary>
    public static UmpsException PayloadTooLong(int peer, int lengthBytes, int lengthMax) => Make(
        ErrorId.PayloadTooLong, "Endpoint.TrySend",
        $"the payload for endpoint {N(peer)} has {N(lengthBytes)} bytes; EagerBytesMax is {N(lengthMax)}. Send longer ones by TrySendFragment.");

    /// <summary>UMPS1008.</summary>
    public static UmpsException MalformedRing(int peer, string fact) => Make(
        ErrorId.MalformedRing, "Endpoint.Poll",
        $"the ring shared with endpoint {N(peer)} holds what no endpoint writes: {fact}. "
        + "Either that process wrote over memory that is not its own, or the two run different versions of Umps.");

    /// <summary>UMPS1009.</summary>
    public static UmpsException SliceTaken(int localIndex, string fact) => Make(
        ErrorId.SliceTaken, "Endpoint.Attach", $"slice {N(localIndex)} of the node's memory cannot be used: {fact}. Each endpoint of a node attaches once, to a slice of its own.");

    /// <summary>UMPS1020.</summary>
    public static UmpsException JobIsEnding(int endpoint, int reason) => Make(
        ErrorId.JobIsEnding, "UserAgent", $"endpoint {N(endpoint)} waited, and the job is being ended (reason {reason}). The first report of the job says why.");

    /// <summary>UMPS1021.</summary>
    public static UmpsException NoBlock(int endpoint, int lengthBytes) => Make(
        ErrorId.NoBlock, "UserAgent.GetDataBlock",
        $"endpoint {N(endpoint)} has no run of units for {N(lengthBytes)} bytes, and none is with a peer: this program holds them all. "
        + "Give blocks back by FreeDataBlock, or raise Umps:Transport:Shm:UnitPoolBytes.");

    /// <summary>UMPS1022.</summary>
    public static UmpsException BlockReturned(int endpoint, string call) => Make(
        ErrorId.BlockReturned, $"UserAgent.{call}", $"endpoint {N(endpoint)} does not lend this block: it has gone back or has been sent already, or is another agent's. Get a new one.");

    /// <summary>UMPS1023.</summary>
    public static UmpsException PeerGone(int endpoint, int peer) => Make(
        ErrorId.PeerGone, "UserAgent.SendBuff", $"endpoint {N(peer)}, to which endpoint {N(endpoint)} sends, has left. Its own report says why.");

    /// <summary>UMPS1306.</summary>
    public static UmpsException NoDescriptor(string call, Errno error) => Make(
        ErrorId.LinkResource, "Endpoint", $"{call}: {error}. The process may have too many descriptors open (ulimit -n).");

    /// <summary>UMPS1306.</summary>
    public static UmpsException NoRing(string call, long lengthBytes, Errno error) => Make(
        ErrorId.LinkResource, "KernelAgent",
        $"{call}: {error}. The kernel gives no ring of {Mib(lengthBytes)} for the frames of a rank. Lower Umps:Transport:Packet:BufferBytes, or set Umps:Transport:Packet:Mapped to false.");

    /// <summary>UMPS1310.</summary>
    public static UmpsException Interface(string fact) => Make(
        ErrorId.LinkInterface, "KernelAgent", $"{fact}. Name one that fits by Umps:Transport:Ethernet:Interface, or use other agents (--transport shm,tcp).");

    /// <summary>UMPS1311.</summary>
    public static UmpsException Privilege(string call, string capability, Errno error) => Make(
        ErrorId.LinkPrivilege, "KernelAgent",
        $"{call}: {error}. The node agent needs the capability {capability}. umpsrun --doctor says how an administrator grants it; or use other agents (--transport shm,tcp).");

    private static UmpsException Make(int id, string call, string text) => new(id, $"UMPS{id} (pid {Environment.ProcessId}) {call}: {text}");

    private static string N(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Mib(long bytes) => bytes < 1 << 20 ? $"{N(bytes >> 10)} KiB" : $"{N(bytes >> 20)} MiB";
}
