using System;
using System.Buffers.Binary;
using System.Linq;
using System.Net;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Xdp;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>The assembler, by its bytes and by what the kernel makes of them.</summary>
public sealed class BpfAssemblerTests
{
    private const int EtherType = 0x88B5;
    private const int UdpPort = 17600;

    /// <summary>As RFC 9669 has them: opcode, registers, offset, immediate.</summary>
    [Fact]
    public void Assemble_EachInstruction_HasItsBytes()
    {
        ulong[] code = new BpfAssembler()
            .Move(BpfRegister.R0, 2)
            .Load32(BpfRegister.R4, BpfRegister.R1, 4)
            .Load16(BpfRegister.R3, BpfRegister.R4, 12)
            .Load8(BpfRegister.R7, BpfRegister.R4, 14)
            .Store16(BpfRegister.R4, 32, BpfRegister.R3)
            .And(BpfRegister.R3, 0xff3f)
            .Move(BpfRegister.R3, BpfRegister.R4)
            .Add(BpfRegister.R3, -1)
            .GoIfGreater(BpfRegister.R3, BpfRegister.R5, "end")
            .GoIfNot(BpfRegister.R3, 0xB588, "end")
            .LoadMap(BpfRegister.R1, 7)
            .Call(51)
            .Label("end")
            .Exit()
            .Assemble();

        Assert.Equal(
            [
                "b700000002000000", "6114040000000000", "69430c0000000000", "71470e0000000000", "6b34200000000000", "570300003fff0000", "bf43000000000000", "07030000ffffffff", "2d53040000000000", "5503030088b50000",
                "1811000007000000", "0000000000000000", "8500000033000000", "9500000000000000",
            ],
            code.Select(Hex));
    }

    [Fact]
    public void Assemble_LabelIsNotBehindTheJump_Throws()
    {
        Assert.Throws<InvalidOperationException>(() => new BpfAssembler().GoIfNot(BpfRegister.R0, 1, "nowhere").Exit().Assemble());
        Assert.Throws<InvalidOperationException>(() => new BpfAssembler().Label("back").GoIfNot(BpfRegister.R0, 1, "back").Exit().Assemble());
    }

    /// <summary>No socket is in the map: what is ours passes, too, and nothing is lost that another program waits for.</summary>
    [Fact]
    public void SteeringProgram_RunByTheKernel_PassesAllWhereNoSocketIs()
    {
        SkipUnlessPermitted();
        int map = Linux.CreateXdpSocketMap(4, out Errno error);
        Assert.Equal(Errno.None, error);
        int program = Linux.LoadXdpProgram(SteeringProgram.Make(map, EtherType, 0), takesFragments: true, out string log, out error);
        Assert.True(program >= 0, $"{error}: {log}");

        foreach ((int etherType, int slot, int length) in new[] { (EtherType, 0, 80), (EtherType, 3, 14), (EtherType, 60_000, 1500), (0x0800, 1, 60) })
        {
            Assert.Equal(Errno.None, Linux.TestXdpProgram(program, Frame(etherType, slot, length), out uint verdict));
            Assert.Equal((uint)SteeringProgram.Pass, verdict);
        }
        Linux.Close(program);
        Linux.Close(map);
    }

    /// <summary>The map has no socket: a datagram with a frame ends then, for it has been cut; all that is not one is the host's, as if no program were there.</summary>
    [Fact]
    public void SteeringProgram_Datagrams_TakesWhatIsOursInEveryRespect()
    {
        SkipUnlessPermitted();
        int map = Linux.CreateXdpSocketMap(4, out Errno error);
        Assert.Equal(Errno.None, error);
        int program = Linux.LoadXdpProgram(SteeringProgram.Make(map, EtherType, 0, EthernetAddress.Ipv4Of(IPAddress.Parse("10.1.0.5")), UdpPort), takesFragments: true, out string log, out error);
        Assert.True(program >= 0, $"{error}: {log}");
        (string What, int Offset, byte Value)[] foreign =
        [
            ("another EtherType", 13, 0x06), ("IP options", 14, 0x46), ("more fragments", 20, 0x20), ("a last fragment", 21, 1), ("a fragment far behind", 20, 0x41), ("TCP", 23, 6),
            ("another target", 33, 6), ("another network", 30, 11), ("another port", 37, unchecked((byte)(UdpPort + 1))), ("a port far off", 36, 0), ("another mark", 42, (byte)'u'), ("the end of another mark", 45, (byte)'s'),
        ];

        Assert.Equal(SteeringProgram.Drop, Verdict(Datagram()));
        Assert.Equal(SteeringProgram.Drop, Verdict(With(Datagram(), 20, 0)));       // may be cut, and has not been
        Assert.Equal(SteeringProgram.Drop, Verdict(With(Datagram(), 15, 0xb8)));    // marked by somebody's rules of service
        foreach ((string what, int offset, byte value) in foreign)
            Assert.Equal((what, SteeringProgram.Pass), (what, Verdict(With(Datagram(), offset, value))));
        for (int length = 14; length < RoutedHeader.SizeBytes; length++)
            Assert.Equal((length, SteeringProgram.Pass), (length, Verdict(Datagram()[..length])));
        Assert.Equal(SteeringProgram.Pass, Verdict(Frame(EtherType, 0, 80)));
        Linux.Close(program);
        Linux.Close(map);

        int Verdict(byte[] frame)
        {
            Assert.Equal(Errno.None, Linux.TestXdpProgram(program, frame, out uint verdict));
            return (int)verdict;
        }
    }

    [Fact]
    public void LoadXdpProgram_ReadsPastTheFrame_IsRefusedWithTheVerifiersWords()
    {
        SkipUnlessPermitted();
        ulong[] code = new BpfAssembler().Load32(BpfRegister.R4, BpfRegister.R1, 0).Load16(BpfRegister.R0, BpfRegister.R4, 12).Exit().Assemble();

        int program = Linux.LoadXdpProgram(code, takesFragments: false, out string log, out Errno error);

        Assert.Equal((-1, Errno.EACCES), (program, error));
        Assert.Contains("packet", log, StringComparison.Ordinal);
    }

    private static byte[] With(byte[] frame, int offset, byte value)
    {
        frame[offset] = value;
        return frame;
    }

    private static unsafe byte[] Datagram()
    {
        var frame = new byte[RoutedHeader.SizeBytes + 48];
        RoutedHeader header = RoutedHeader.Make(new EthernetHeader { Slot = 2 }, EthernetAddress.Ipv4Of(IPAddress.Parse("10.2.0.7")), EthernetAddress.Ipv4Of(IPAddress.Parse("10.1.0.5")), UdpPort, flow: 3);
        fixed (byte* bytes = frame)
            RoutedHeader.Put((RoutedHeader*)bytes, &header, 48);
        return frame;
    }

    internal static byte[] Frame(int etherType, int slot, int length)
    {
        var frame = new byte[Math.Max(length, 16)];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)etherType);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(14), (ushort)slot);
        return frame[..length];
    }

    private static string Hex(ulong instruction)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, instruction);
        return Convert.ToHexStringLower(bytes);
    }

    private static void SkipUnlessPermitted()
    {
        string[] missing = [.. XdpPrivileges.Missing(0)];
        if (missing.Length > 0)
            Assert.Skip($"needs {string.Join(", ", missing)}");
    }
}
