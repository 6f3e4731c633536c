using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Umps.Buffers;

/// <summary>Numbers as MessagePack has them: a byte that says which kind, then the number, highest byte first.</summary>
internal static class PackedNumbers
{
    /// <summary>Bytes of a double, its kind included.</summary>
    public const int DoubleBytes = 9;

    /// <summary>Bytes of a float, its kind included.</summary>
    public const int SingleBytes = 5;

    private const byte DoubleKind = 0xcb, SingleKind = 0xca;

    /// <summary>Writes them one behind the other.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="bytes">Where they go.</param>
    /// <exception cref="ArgumentException">There is too little room.</exception>
    public static void Write(ReadOnlySpan<double> numbers, Span<byte> bytes)
    {
        ref byte to = ref MemoryMarshal.GetReference(bytes[..checked(numbers.Length * DoubleBytes)]);
        foreach (double number in numbers)
        {
            to = DoubleKind;
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, 1), Swap(BitConverter.DoubleToUInt64Bits(number)));
            to = ref Unsafe.Add(ref to, DoubleBytes);
        }
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{double}, Span{byte})"/>
    public static void Write(ReadOnlySpan<float> numbers, Span<byte> bytes)
    {
        ref byte to = ref MemoryMarshal.GetReference(bytes[..checked(numbers.Length * SingleBytes)]);
        foreach (float number in numbers)
        {
            to = SingleKind;
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, 1), Swap(BitConverter.SingleToUInt32Bits(number)));
            to = ref Unsafe.Add(ref to, SingleBytes);
        }
    }

    /// <summary>Reads them, if all are of this kind.</summary>
    /// <param name="bytes">As many as the numbers have, exactly.</param>
    /// <param name="numbers">Where they go.</param>
    /// <returns>False when one is of another kind: then the numbers are not to be used.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, Span<double> numbers)
    {
        ref byte from = ref MemoryMarshal.GetReference(bytes[..checked(numbers.Length * DoubleBytes)]);
        int otherKinds = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            otherKinds |= from ^ DoubleKind;
            numbers[i] = BitConverter.UInt64BitsToDouble(Swap(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, 1))));
            from = ref Unsafe.Add(ref from, DoubleBytes);
        }
        return otherKinds == 0;
    }

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, Span{double})"/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, Span<float> numbers)
    {
        ref byte from = ref MemoryMarshal.GetReference(bytes[..checked(numbers.Length * SingleBytes)]);
        int otherKinds = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            otherKinds |= from ^ SingleKind;
            numbers[i] = BitConverter.UInt32BitsToSingle(Swap(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, 1))));
            from = ref Unsafe.Add(ref from, SingleBytes);
        }
        return otherKinds == 0;
    }

    private static ulong Swap(ulong number) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number;

    private static uint Swap(uint number) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number;
}
