using System;
using System.Collections.Generic;

namespace Umps.Transport.Agents.Xdp;

/// <summary>Registers of the kernel's virtual machine: R0 result, R1 to R5 arguments, R6 to R9 kept over calls, R10 stack.</summary>
internal enum BpfRegister
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
}

/// <summary>Makes programs for the kernel's virtual machine: the few instructions that a steering program needs.</summary>
/// <remarks>
/// RFC 9669. An instruction is eight bytes, little-endian here:
/// <code>
///  0        8     12    16       32          64
///  | opcode | dst | src | offset | immediate |
/// </code>
/// Jumps name a label, which is placed once, behind them: a program only goes forward, so it ends.
/// </remarks>
internal sealed class BpfAssembler
{
    private const byte LoadWord = 0x61;             // LDX | MEM | W
    private const byte LoadHalf = 0x69;             // LDX | MEM | H
    private const byte LoadByte = 0x71;             // LDX | MEM | B
    private const byte StoreHalf = 0x6b;            // STX | MEM | H
    private const byte LoadImmediate64 = 0x18;      // LD | IMM | DW: two instructions
    private const byte MoveImmediate = 0xb7;        // ALU64 | MOV | K
    private const byte MoveRegister = 0xbf;         // ALU64 | MOV | X
    private const byte AddImmediate = 0x07;         // ALU64 | ADD | K
    private const byte AndImmediate = 0x57;         // ALU64 | AND | K
    private const byte JumpIfGreater = 0x2d;        // JMP | JGT | X
    private const byte JumpIfNotEqual = 0x55;       // JMP | JNE | K
    private const byte CallFunction = 0x85;         // JMP | CALL
    private const byte ExitProgram = 0x95;          // JMP | EXIT
    private const int MapDescriptor = 1;            // BPF_PSEUDO_MAP_FD, in the place of the source register

    private readonly List<ulong> _code = [];
    private readonly List<(int At, string Label)> _jumps = [];
    private readonly Dictionary<string, int> _labels = [];

    /// <summary>target = *(u32*)(from + offset).</summary>
    public BpfAssembler Load32(BpfRegister target, BpfRegister from, short offset) => Add(LoadWord, (int)target, (int)from, offset, 0);

    /// <summary>target = *(u16*)(from + offset), in the machine's byte order.</summary>
    public BpfAssembler Load16(BpfRegister target, BpfRegister from, short offset) => Add(LoadHalf, (int)target, (int)from, offset, 0);

    /// <summary>target = *(u8*)(from + offset).</summary>
    public BpfAssembler Load8(BpfRegister target, BpfRegister from, short offset) => Add(LoadByte, (int)target, (int)from, offset, 0);

    /// <summary>*(u16*)(to + offset) = from, in the machine's byte order.</summary>
    public BpfAssembler Store16(BpfRegister to, short offset, BpfRegister from) => Add(StoreHalf, (int)to, (int)from, offset, 0);

    /// <summary>target = value.</summary>
    public BpfAssembler Move(BpfRegister target, int value) => Add(MoveImmediate, (int)target, 0, 0, value);

    /// <summary>target = from.</summary>
    public BpfAssembler Move(BpfRegister target, BpfRegister from) => Add(MoveRegister, (int)target, (int)from, 0, 0);

    /// <summary>target += value.</summary>
    public BpfAssembler Add(BpfRegister target, int value) => Add(AddImmediate, (int)target, 0, 0, value);

    /// <summary>target &amp;= value.</summary>
    public BpfAssembler And(BpfRegister target, int value) => Add(AndImmediate, (int)target, 0, 0, value);

    /// <summary>target = the map that a descriptor of this process means; the kernel puts its address there when it loads the program.</summary>
    public BpfAssembler LoadMap(BpfRegister target, int descriptor) => Add(LoadImmediate64, (int)target, MapDescriptor, 0, descriptor).Add(0, 0, 0, 0, 0);

    /// <summary>Goes to the label if left &gt; right, without signs.</summary>
    public BpfAssembler GoIfGreater(BpfRegister left, BpfRegister right, string label) => Jump(JumpIfGreater, (int)left, (int)right, 0, label);

    /// <summary>Goes to the label if left differs from the value.</summary>
    public BpfAssembler GoIfNot(BpfRegister left, int value, string label) => Jump(JumpIfNotEqual, (int)left, 0, value, label);

    /// <summary>R0 = one of the kernel's helper functions, of R1 to R5; they are lost.</summary>
    public BpfAssembler Call(int function) => Add(CallFunction, 0, 0, 0, function);

    /// <summary>Ends with R0.</summary>
    public BpfAssembler Exit() => Add(ExitProgram, 0, 0, 0, 0);

    /// <summary>What stands here has this name.</summary>
    public BpfAssembler Label(string label)
    {
        _labels.Add(label, _code.Count);
        return this;
    }

    /// <summary>The program.</summary>
    /// <exception cref="InvalidOperationException">A jump goes to a label that is not placed behind it.</exception>
    public ulong[] Assemble()
    {
        ulong[] code = [.. _code];
        foreach ((int at, string label) in _jumps)
        {
            if (!_labels.TryGetValue(label, out int target) || target <= at)
                throw new InvalidOperationException($"label {label} does not stand behind the jump at {at}");
            code[at] |= (ulong)(ushort)(target - at - 1) << 16;
        }
        return code;
    }

    private BpfAssembler Jump(byte opcode, int target, int source, int immediate, string label)
    {
        _jumps.Add((_code.Count, label));
        return Add(opcode, target, source, 0, immediate);
    }

    private BpfAssembler Add(byte opcode, int target, int source, short offset, int immediate)
    {
        _code.Add(opcode | (ulong)target << 8 | (ulong)source << 12 | (ulong)(ushort)offset << 16 | (ulong)(uint)immediate << 32);
        return this;
    }
}
