using System;
using System.Runtime.InteropServices;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Interop;
using Umps.Transport.Pool;

namespace Umps.Transport;

/// <summary>How the node's descriptors cross from the kernel agent to a rank: a few records over a Unix socket, each with as many descriptors as one message carries.</summary>
/// <remarks>
/// <code>
///  0 magic | 8 version | 12 ranks | 16 size of the memory | 24 number of the first descriptor | 28 descriptors with this record | 30 ports that follow the last record
/// </code>
/// Descriptor 0 is the memfd, 1 + i the eventfd of rank i. A port is its facts (<see cref="PortFacts"/>) with its socket.
/// </remarks>
internal static unsafe class NodeJoin
{
    private const int RecordBytes = 32;
    private const int PortsMax = 16;
    private const string OtherVersions = "The two sides use different versions of Umps: build both with one";

    /// <summary>Sends memfd, eventfds and one rank's ports.</summary>
    public static void Send(int socket, NodeMapping mapping, ReadOnlySpan<LinkPort> ports)
    {
        var descriptors = new int[1 + mapping.Layout.Ranks];
        descriptors[0] = mapping.Descriptor;
        mapping.EventDescriptors.CopyTo(new Span<int>(descriptors, 1, descriptors.Length - 1));
        for (int first = 0; first < descriptors.Length;)
        {
            int count = Math.Min(descriptors.Length - first, Linux.DescriptorsAMessageMax);
            var record = new Record
            {
                Magic = NodeHeader.MagicValue,
                Version = NodeHeader.VersionValue,
                Ranks = mapping.Layout.Ranks,
                TotalBytes = mapping.Layout.TotalBytes,
                First = first,
                Count = (ushort)count,
                Ports = (ushort)ports.Length,
            };
            SendRecord(socket, new ReadOnlySpan<byte>(&record, RecordBytes), new ReadOnlySpan<int>(descriptors, first, count));
            first += count;
        }
        foreach (LinkPort port in ports)
        {
            PortFacts facts = port.Facts;
            int descriptor = port.Descriptor;
            SendRecord(socket, new ReadOnlySpan<byte>(&facts, PortFacts.SizeBytes), new ReadOnlySpan<int>(in descriptor));
        }
    }

    /// <summary>Receives them, checks what they are, and maps the memory.</summary>
    /// <param name="socket">A Unix stream socket.</param>
    /// <param name="ports">The rank's sockets on interfaces; the caller's.</param>
    public static NodeMapping Receive(int socket, out LinkPort[] ports)
    {
        int[] descriptors = [];
        int received = 0;
        ports = [];
        try
        {
            Record record;
            do
            {
                record = ReceiveRecord(socket, ref descriptors, ref received);
            }
            while (received < descriptors.Length);
            ports = ReceivePorts(socket, record.Ports);
            return Map(descriptors, in record);
        }
        catch
        {
            Close(ports);
            for (int i = 0; i < received; i++)
                Linux.Close(descriptors[i]);
            throw;
        }
    }

    /// <summary>Closes a rank's sockets on interfaces.</summary>
    public static void Close(LinkPort[] ports)
    {
        foreach (LinkPort port in ports)
            Linux.Close(port.Descriptor);
    }

    private static LinkPort[] ReceivePorts(int socket, int count)
    {
        if (count > PortsMax)
            throw Throw.JoinFailed("NodeMemory.Receive", $"{count} sockets on interfaces were announced; a rank has {PortsMax} at most", OtherVersions);
        var ports = new LinkPort[count];
        Span<int> arrived = stackalloc int[Linux.DescriptorsAMessageMax];
        for (int i = 0; i < count; i++)
        {
            PortFacts facts = default;
            try
            {
                int descriptors = ReceiveBytes(socket, new Span<byte>(&facts, PortFacts.SizeBytes), arrived);
                if (descriptors != 1)
                    FailReceive(arrived[..descriptors], $"{descriptors} descriptors came with a socket on an interface, where one was due", OtherVersions);
            }
            catch
            {
                Close(ports[..i]);
                throw;
            }
            ports[i] = new LinkPort(arrived[0], facts);
        }
        return ports;
    }

    private static NodeMapping Map(int[] descriptors, in Record record)
    {
        int memory = descriptors[0];
        long length = Linux.LengthOf(memory);
        if (length != record.TotalBytes || length < NodeHeader.SizeBytes)
            throw Throw.WrongLayout("a size of", (ulong)length, (ulong)record.TotalBytes);
        if (!Linux.IsSealed(memory))
            throw Throw.JoinFailed("NodeMemory.Receive", "the node's memory is not sealed: it could shrink under its users", "It was not made by KernelAgent.Create");
        byte* address = Linux.MapShared(memory, length, out Errno error);
        if (address == null)
            throw Throw.MemoryRefused("mmap", length, error);
        try
        {
            var header = (NodeHeader*)address;
            Expect("magic number", header->Magic, NodeHeader.MagicValue);
            Expect("layout version", header->Version, NodeHeader.VersionValue);
            Expect("ranks", (ulong)header->Ranks, (ulong)record.Ranks);
            var layout = new PoolLayout(header->Ranks, header->UnitsARank, header->LoanBytes, header->LinkBytes);
            Expect("a size of", (ulong)header->TotalBytes, (ulong)layout.TotalBytes);
            Expect("a size of", (ulong)length, (ulong)layout.TotalBytes);
            return new NodeMapping(layout, memory, new ReadOnlySpan<int>(descriptors, 1, descriptors.Length - 1).ToArray(), address);
        }
        catch
        {
            Linux.Unmap(address, length);
            throw;
        }
    }

    private static void Expect(string what, ulong found, ulong expected)
    {
        if (found != expected)
            throw Throw.WrongLayout(what, found, expected);
    }

    private static void SendRecord(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        while (bytes.Length > 0)
        {
            int sent = Linux.SendWithDescriptors(socket, bytes, descriptors, out Errno error);
            if (sent > 0)
            {
                bytes = bytes[sent..];
                descriptors = [];       // they have gone with the first byte
            }
            else if (error == Errno.EAGAIN)
            {
                Linux.WaitWritable(socket, milliseconds: 1000);
            }
            else if (error != Errno.EINTR)
            {
                throw Throw.JoinFailed("KernelAgent.SendDescriptors", $"sendmsg to a rank of this node failed: {error}", "The rank has ended before it joined: look at its output");
            }
        }
    }

    private static Record ReceiveRecord(int socket, ref int[] descriptors, ref int received)
    {
        Record record = default;
        Span<int> arrived = stackalloc int[Linux.DescriptorsAMessageMax];
        int arrivedCount = ReceiveBytes(socket, new Span<byte>(&record, RecordBytes), arrived);
        if (record.Magic != NodeHeader.MagicValue || record.Version != NodeHeader.VersionValue)
        {
            CloseAll(arrived[..arrivedCount]);
            Expect("magic number", record.Magic, NodeHeader.MagicValue);
            Expect("layout version", record.Version, NodeHeader.VersionValue);
        }
        if (record.Ranks is < 1 or > PoolLayout.RanksMax || record.First != received || record.Count != arrivedCount || arrivedCount < 1 || received + arrivedCount > 1 + record.Ranks)
            FailReceive(arrived[..arrivedCount], $"{arrivedCount} descriptors came where {record.Count} of {record.Ranks + 1} were announced", OtherVersions);
        if (descriptors.Length == 0)
            descriptors = new int[1 + record.Ranks];
        arrived[..arrivedCount].CopyTo(new Span<int>(descriptors, received, arrivedCount));
        received += arrivedCount;
        return record;
    }

    /// <summary>Fills the bytes.</summary>
    /// <returns>Descriptors that came with them.</returns>
    private static int ReceiveBytes(int socket, Span<byte> bytes, Span<int> arrived)
    {
        int arrivedCount = 0;
        for (int filled = 0; filled < bytes.Length;)
        {
            int read = Linux.ReceiveWithDescriptors(socket, bytes[filled..], arrived[arrivedCount..], out int count, out Errno error);
            arrivedCount += count;
            if (error is Errno.EAGAIN)
                Linux.WaitReadable([new WatchedDescriptor(socket)], 1000);
            else if (error is not (Errno.None or Errno.EINTR))
                FailReceive(arrived[..arrivedCount], $"recvmsg failed: {error}", error == Errno.EMFILE ? "Raise the limit on open files (ulimit -n)" : "The node agent has ended: look at umpsrun's output");
            else if (read == 0)
                FailReceive(arrived[..arrivedCount], "the socket was closed before the node's memory had come", "The node agent has ended: look at umpsrun's output");
            filled += Math.Max(read, 0);
        }
        return arrivedCount;
    }

    private static void FailReceive(ReadOnlySpan<int> descriptors, string fact, string remedy)
    {
        CloseAll(descriptors);
        throw Throw.JoinFailed("NodeMemory.Receive", fact, remedy);
    }

    private static void CloseAll(ReadOnlySpan<int> descriptors)
    {
        foreach (int descriptor in descriptors)
            Linux.Close(descriptor);
    }

    [StructLayout(LayoutKind.Explicit, Size = RecordBytes)]
    private struct Record
    {
        [FieldOffset(0)] public ulong Magic;
        [FieldOffset(8)] public uint Version;
        [FieldOffset(12)] public int Ranks;
        [FieldOffset(16)] public long TotalBytes;
        [FieldOffset(24)] public int First;
        [FieldOffset(28)] public ushort Count;
        [FieldOffset(30)] public ushort Ports;
    }
}
