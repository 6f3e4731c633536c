using System.Buffers.Binary;
using Umps.Transport.Agents.Ethernet;

namespace Umps.Transport.Agents.Xdp;

/// <summary>The program at the interface: frames of our EtherType, on our queue, go to the socket of the rank that they name; all others take the way that they would take without it.</summary>
internal static class SteeringProgram
{
    /// <summary>enum xdp_action.</summary>
    public const int Pass = 2;
    public const int Redirect = 4;

    private const int RedirectMap = 51;         // bpf_redirect_map(map, key, flags); the low bits of flags are what it returns when the map has no such socket
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
    public static ulong[] Make(int map, int etherType, int queue) => new BpfAssembler()
        .Move(BpfRegister.R0, Pass)
        .Load32(BpfRegister.R3, BpfRegister.R1, QueueOffset)
        .GoIfNot(BpfRegister.R3, queue, "end")
        .Load32(BpfRegister.R4, BpfRegister.R1, DataOffset)
        .Load32(BpfRegister.R5, BpfRegister.R1, DataEndOffset)
        .Move(BpfRegister.R3, BpfRegister.R4)
        .Add(BpfRegister.R3, EthernetHeader.SizeBytes)
        .GoIfGreater(BpfRegister.R3, BpfRegister.R5, "end")
        .Load16(BpfRegister.R3, BpfRegister.R4, EtherTypeOffset)
        .GoIfNot(BpfRegister.R3, BinaryPrimitives.ReverseEndianness((ushort)etherType), "end")
        .Load16(BpfRegister.R2, BpfRegister.R4, SlotOffset)
        .LoadMap(BpfRegister.R1, map)
        .Move(BpfRegister.R3, Pass)
        .Call(RedirectMap)
        .Label("end")
        .Exit()
        .Assemble();
}
