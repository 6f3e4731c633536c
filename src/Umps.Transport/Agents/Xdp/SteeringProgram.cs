using System.Buffers.Binary;
using Umps.Transport.Agents.Ethernet;

namespace Umps.Transport.Agents.Xdp;

/// <summary>The program at the interface: frames of our EtherType, and datagrams with such frames, on our queue, go to the socket of the rank that they name; all others take the way that they would take without it.</summary>
/// <remarks>
/// Of a datagram it makes what a rank would have got without one, so that a rank reads all frames alike: it takes away what stands before the last 16 bytes of a <see cref="RoutedHeader"/>, and leaves there
/// what a rank may want to know of where it came from. The slot stands in its place already.
/// <code>
///  0              4      6                  12       14     16
///  | IPv4 address | –    | previous hop     | 0x0800 | slot | LinkFrameHeader …
/// </code>
/// A datagram is ours if it is whole, without options, for this interface's address and our port, and bears our mark. So the host may use the port for anything else.
/// </remarks>
internal static class SteeringProgram
{
    /// <summary>enum xdp_action.</summary>
    public const int Drop = 1;
    public const int Pass = 2;
    public const int Redirect = 4;

    private const int RedirectMap = 51;         // bpf_redirect_map(map, key, flags); the low bits of flags are what it returns when the map has no such socket
    private const int AdjustHead = 44;          // bpf_xdp_adjust_head(context, bytes to take away); nothing that pointed into the frame is valid then
    private const int SourceMacOffset = 6;
    private const int EtherTypeOffset = 12;
    private const int SlotOffset = 14;

    // struct xdp_md
    private const int DataOffset = 0;
    private const int DataEndOffset = 4;
    private const int QueueOffset = 16;

    /// <summary>Makes it.</summary>
    /// <param name="map">From slots to sockets.</param>
    /// <param name="etherType">Of our frames.</param>
    /// <param name="queue">The sockets' queue: the kernel would drop what a socket of another queue is given.</param>
    /// <param name="ipv4">The interface's address as it stands in a frame; 0: datagrams are the host's, all of them.</param>
    /// <param name="udpPort">Of our datagrams.</param>
    public static ulong[] Make(int map, int etherType, int queue, uint ipv4 = 0, int udpPort = 0)
    {
        BpfAssembler code = new BpfAssembler()
            .Move(BpfRegister.R0, Pass)
            .Load32(BpfRegister.R3, BpfRegister.R1, QueueOffset)
            .GoIfNot(BpfRegister.R3, queue, "end")
            .Load32(BpfRegister.R4, BpfRegister.R1, DataOffset)
            .Load32(BpfRegister.R5, BpfRegister.R1, DataEndOffset)
            .Move(BpfRegister.R3, BpfRegister.R4)
            .Add(BpfRegister.R3, EthernetHeader.SizeBytes)
            .GoIfGreater(BpfRegister.R3, BpfRegister.R5, "end")
            .Load16(BpfRegister.R3, BpfRegister.R4, EtherTypeOffset)
            .GoIfNot(BpfRegister.R3, BinaryPrimitives.ReverseEndianness((ushort)etherType), ipv4 == 0 ? "end" : "other")
            .Load16(BpfRegister.R2, BpfRegister.R4, SlotOffset)
            .LoadMap(BpfRegister.R1, map)
            .Move(BpfRegister.R3, Pass)
            .Call(RedirectMap);
        if (ipv4 != 0)
            AddDatagrams(code.Exit().Label("other"), map, ipv4, udpPort);
        return code.Label("end").Exit().Assemble();
    }

    private static void AddDatagrams(BpfAssembler code, int map, uint ipv4, int udpPort)
    {
        code.GoIfNot(BpfRegister.R3, RoutedHeader.Ipv4Network, "end")
            .Move(BpfRegister.R3, BpfRegister.R4)
            .Add(BpfRegister.R3, RoutedHeader.SizeBytes)
            .GoIfGreater(BpfRegister.R3, BpfRegister.R5, "end")
            .Load8(BpfRegister.R3, BpfRegister.R4, RoutedHeader.VersionOffset)
            .GoIfNot(BpfRegister.R3, RoutedHeader.VersionAndLength, "end")
            .Load8(BpfRegister.R3, BpfRegister.R4, RoutedHeader.ProtocolOffset)
            .GoIfNot(BpfRegister.R3, RoutedHeader.UdpProtocol, "end")
            .Load16(BpfRegister.R3, BpfRegister.R4, RoutedHeader.FragmentOffset)
            .And(BpfRegister.R3, RoutedHeader.FragmentBitsNetwork)
            .GoIfNot(BpfRegister.R3, 0, "end")
            .Load16(BpfRegister.R3, BpfRegister.R4, RoutedHeader.PortOffset)
            .GoIfNot(BpfRegister.R3, BinaryPrimitives.ReverseEndianness((ushort)udpPort), "end");
        GoIfNot32(code, RoutedHeader.TargetOffset, ipv4);
        GoIfNot32(code, RoutedHeader.MarkOffset, RoutedHeader.MarkValue);
        code.Load16(BpfRegister.R7, BpfRegister.R4, RoutedHeader.SlotOffset);

        // What is to be left of it; half by half, since words may not begin at every address on every machine.
        Move16(code, RoutedHeader.SourceOffset, RoutedHeader.ExtraBytes, 2);
        Move16(code, SourceMacOffset, RoutedHeader.ExtraBytes + SourceMacOffset, 3);
        Move16(code, EtherTypeOffset, RoutedHeader.ExtraBytes + EtherTypeOffset, 1);
        code.Move(BpfRegister.R2, RoutedHeader.ExtraBytes)
            .Call(AdjustHead)
            .Move(BpfRegister.R2, BpfRegister.R7)
            .LoadMap(BpfRegister.R1, map)
            .Move(BpfRegister.R3, Drop)         // nobody could make anything of what is left
            .Call(RedirectMap);
    }

    private static void GoIfNot32(BpfAssembler code, short offset, uint value)
    {
        code.Load16(BpfRegister.R3, BpfRegister.R4, offset).GoIfNot(BpfRegister.R3, (int)(value & 0xffff), "end")
            .Load16(BpfRegister.R3, BpfRegister.R4, (short)(offset + sizeof(ushort))).GoIfNot(BpfRegister.R3, (int)(value >> 16), "end");
    }

    private static void Move16(BpfAssembler code, int from, int to, int count)
    {
        for (int i = 0; i < count; i++)
            code.Load16(BpfRegister.R3, BpfRegister.R4, (short)(from + (2 * i))).Store16(BpfRegister.R4, (short)(to + (2 * i)), BpfRegister.R3);
    }
}
