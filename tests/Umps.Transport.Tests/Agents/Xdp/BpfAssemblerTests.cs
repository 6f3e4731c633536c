using System;
using System.Buffers.Binary;
using System.Linq;
using Umps.Transport.Agents.Xdp;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>The assembler, by its bytes and by what the kernel makes of them.</summary>
public sealed class BpfAssemblerTests
{
    private const int EtherType = 0x88B5;

    /// <summary>As RFC 9669 has them: opcode, registers, offset, immediate.</summary>
    [Fact]
    public void Assemble_EachInstruction_HasItsBytes()
    {
        ulong[] code = new BpfAssembler()
            .Move(BpfRegister.R0, 2)
            .Load32(BpfRegister.R4, BpfRegister.R1, 4)
            .Load16(BpfRegister.R3, BpfRegister.R4, 12)
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
                "b700000002000000", "6114040000000000", "69430c0000000000", "bf43000000000000", "07030000ffffffff", "2d53040000000000", "5503030088b50000",
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

    [Fact]
    public void LoadXdpProgram_ReadsPastTheFrame_IsRefusedWithTheVerifiersWords()
    {
        SkipUnlessPermitted();
        ulong[] code = new BpfAssembler().Load32(BpfRegister.R4, BpfRegister.R1, 0).Load16(BpfRegister.R0, BpfRegister.R4, 12).Exit().Assemble();

        int program = Linux.LoadXdpProgram(code, takesFragments: false, out string log, out Errno error);

        Assert.Equal((-1, Errno.EACCES), (program, error));
        Assert.Contains("packet", log, StringComparison.Ordinal);
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
