using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>struct sock_filter: one step of a classic BPF program.</summary>
/// <param name="code">What it does.</param>
/// <param name="value">With what.</param>
/// <param name="ifTrue">Steps to skip where a comparison holds.</param>
/// <param name="ifFalse">And where it does not.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct FilterStep(ushort code, uint value, byte ifTrue = 0, byte ifFalse = 0)
{
    /// <summary>BPF_LD | BPF_H | BPF_ABS: 16 bits of the frame at this offset, taken as network order.</summary>
    public const ushort LoadHalf = 0x28;

    /// <summary>BPF_LD | BPF_W | BPF_ABS: 32 bits of the frame, or one of the kernel's words about it.</summary>
    public const ushort LoadWord = 0x20;

    /// <summary>BPF_JMP | BPF_JEQ | BPF_K: is what was loaded equal to this?</summary>
    public const ushort JumpIfEqual = 0x15;

    /// <summary>BPF_RET | BPF_K: the program ends; so many bytes of the frame are taken, or none of it.</summary>
    public const ushort Return = 0x06;

    /// <summary>SKF_AD_OFF + SKF_AD_PKTTYPE, for <see cref="LoadWord"/>: to whom the frame is addressed; 0 is this interface.</summary>
    public const uint PacketTypeWord = unchecked((uint)(-0x1000 + 4));

    public readonly ushort Code = code;
    public readonly byte IfTrue = ifTrue;
    public readonly byte IfFalse = ifFalse;
    public readonly uint Value = value;
}
