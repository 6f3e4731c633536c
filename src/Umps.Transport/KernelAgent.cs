using System;
using System.Net.Sockets;
using System.Threading;
using Umps.Transport.Interop;
using Umps.Transport.Polling;
using Umps.Transport.Pool;

namespace Umps.Transport;

/// <summary>UMPS's kernel agent: makes the node's memory and hands its descriptors out. Lives in the node agent, or in the first local rank where there is none.</summary>
public sealed unsafe class KernelAgent : IDisposable
{
    private readonly NodeMapping _mapping;
    private readonly Lock _lifetime = new();      // an abort may come from any thread, also when all is over
    private bool _disposed;

    private KernelAgent(NodeMapping mapping) => _mapping = mapping;

    /// <summary>Makes the memory of a node: memfd (sealed against resizing), header, slices, an eventfd a rank.</summary>
    /// <param name="localRanks">Ranks of this node, 1 to 4096.</param>
    /// <param name="options">Its <see cref="TransportOptions.Shm"/> gives the units a rank.</param>
    /// <returns>The agent. The memory is sparse: what it costs now is a page a rank.</returns>
    /// <exception cref="UmpsException">UMPS1001, UMPS1002: the system does not give it. UMPS1003: an option is out of its range.</exception>
    public static KernelAgent Create(int localRanks, TransportOptions options)
    {
        if (localRanks is < 1 or > PoolLayout.RanksMax)
            throw new ArgumentOutOfRangeException(nameof(localRanks), localRanks, $"a node has 1 to {PoolLayout.RanksMax} ranks");
        options.Shm.Check();
        PoolLayout layout = LayoutWithinLimits(localRanks, options.Shm);
        int descriptor;
        byte* address;
        while (!TryMake(layout, out descriptor, out address, out string call, out Errno error))
        {
            // Addresses for loans are what can be done without: fewer of them, before the job cannot begin at all.
            if (error is not (Errno.ENOMEM or Errno.EFBIG or Errno.EINVAL) || layout.LoanBytes <= PoolLayout.LoanBytesMin)
                throw Throw.MemoryRefused(call, layout.TotalBytes, error);
            layout = new PoolLayout(localRanks, layout.UnitsARank, Math.Max(layout.LoanBytes / 4, PoolLayout.LoanBytesMin));
        }
        var events = new int[localRanks];
        for (int i = 0; i < localRanks; i++)
            events[i] = -1;
        var mapping = new NodeMapping(layout, descriptor, events, address);
        try
        {
            for (int i = 0; i < localRanks; i++)
            {
                events[i] = Linux.CreateEventFd(out Errno error);
                if (events[i] < 0)
                    throw Throw.MemoryRefused("eventfd", layout.TotalBytes, error);
            }
            WriteHeader(mapping);
        }
        catch
        {
            mapping.Release();
            throw;
        }
        return new KernelAgent(mapping);
    }

    /// <summary>Hands memfd and eventfds to a rank over a connected Unix socket.</summary>
    /// <param name="joinSocket">A connected Unix stream socket; what is sent afterwards is left to others.</param>
    /// <exception cref="UmpsException">UMPS1005: the rank has gone.</exception>
    public void SendDescriptors(Socket joinSocket) => SendDescriptors((int)joinSocket.Handle);

    /// <summary>The same over a descriptor.</summary>
    internal void SendDescriptors(int joinSocket) => NodeJoin.Send(joinSocket, _mapping);

    /// <summary>The memory for ranks that live in this process (MpiHost, singleton): a second mapping is not made.</summary>
    /// <returns>To be disposed by the caller.</returns>
    public NodeMemory Share() => new(_mapping.Share());

    /// <summary>Sets the abort word and wakes every rank of the node; nothing when the memory has been disposed of.</summary>
    /// <param name="reason">What <see cref="Endpoint.AbortWord"/> says from now on; 0 counts as -1. The first reason stays.</param>
    public void Abort(int reason)
    {
        lock (_lifetime)
        {
            if (!_disposed)
                Abort(_mapping, reason);
        }
    }

    /// <summary>Closes the descriptors; the kernel frees the memory when the last rank has gone.</summary>
    public void Dispose()
    {
        lock (_lifetime)
        {
            if (_disposed)
                return;
            _disposed = true;
            _mapping.Release();
        }
    }

    internal static void Abort(NodeMapping mapping, int reason)
    {
        Interlocked.CompareExchange(ref mapping.Header->Abort, reason == 0 ? -1 : reason, 0);
        WakeAll(mapping);
    }

    /// <summary>Rings every rank of the node that has attached.</summary>
    internal static void WakeAll(NodeMapping mapping)
    {
        for (int i = 0; i < mapping.Layout.Ranks; i++)
        {
            if (Volatile.Read(ref mapping.Identity(i)->State) == IdentityLine.Attached)
                Doorbell.Ring((DoorbellLine*)mapping.At(mapping.Layout.Control(i)), mapping.EventDescriptors[i]);
        }
    }

    /// <summary>A layout whose loan arenas take at most a quarter of the addresses that a process may have (ulimit -v): the runtime needs the rest.</summary>
    private static PoolLayout LayoutWithinLimits(int localRanks, ShmOptions shm)
    {
        long loanBytes = shm.LoanArenaBytes;
        long limit = Linux.AddressLimitBytes() / 4;
        while (loanBytes > PoolLayout.LoanBytesMin && loanBytes > limit / localRanks)
            loanBytes = Math.Max(loanBytes / 2, PoolLayout.LoanBytesMin);
        return new PoolLayout(localRanks, shm.UnitPoolBytes / PoolSize.UnitBytes, loanBytes);
    }

    private static bool TryMake(PoolLayout layout, out int descriptor, out byte* address, out string call, out Errno error)
    {
        address = null;
        descriptor = Linux.CreateSealedMemory("umps-node", layout.TotalBytes, out call, out error);
        if (descriptor < 0)
            return false;
        address = Linux.MapShared(descriptor, layout.TotalBytes, out error);
        if (address != null)
            return true;
        call = "mmap";
        Linux.Close(descriptor);
        return false;
    }

    private static void WriteHeader(NodeMapping mapping)
    {
        PoolLayout layout = mapping.Layout;
        mapping.Allocate(0, NodeHeader.SizeBytes, "its header");
        mapping.Allocate(layout.Control(0), (long)layout.Ranks * PoolLayout.PageBytes, "control pages");     // so that an abort may look at ranks that never attach
        NodeHeader* header = mapping.Header;
        header->Magic = NodeHeader.MagicValue;
        header->Version = NodeHeader.VersionValue;
        header->Ranks = layout.Ranks;
        header->UnitsARank = layout.UnitsARank;
        header->TotalBytes = layout.TotalBytes;
        header->LoanBytes = layout.LoanBytes;
    }
}
