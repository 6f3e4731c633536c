using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Umps.Transport.Agents.Link;

/// <summary>CRC32C (Castagnoli), by the processor's own instruction where it has one.</summary>
/// <remarks>
/// The instruction takes three cycles and can begin each cycle: three thirds of the bytes are taken at once, and joined. To join, the sum of a third is moved past the bytes behind it, which is a product by
/// a power of x modulo the polynomial: a multiplication without carries, and the instruction again to reduce it (Gopal and others, Fast CRC Computation for iSCSI Polynomial Using CRC32 Instruction, Intel 2011).
/// </remarks>
internal static unsafe class Crc32C
{
    /// <summary>Below it the joining costs more than it saves.</summary>
    private const int JoinedBytesMin = 192;

    private const int ThirdWordsMax = (LinkFrameHeader.FrameBytesMax / 3 / sizeof(ulong)) + 1;

    /// <summary>By 64-bit words: what moves a sum past so many.</summary>
    private static readonly uint[] s_movers = MakeMovers();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(byte* bytes, int lengthBytes)
    {
        uint crc = ~0u;
        byte* end = bytes + lengthBytes;
        if (Pclmulqdq.IsSupported && lengthBytes >= JoinedBytesMin)
        {
            int words = Math.Min(lengthBytes / (3 * sizeof(ulong)), ThirdWordsMax);
            ulong* first = (ulong*)bytes, second = first + words, third = second + words;
            uint crc2 = 0, crc3 = 0;
            for (int i = 0; i < words; i++)
            {
                crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(first + i));
                crc2 = BitOperations.Crc32C(crc2, Unsafe.ReadUnaligned<ulong>(second + i));
                crc3 = BitOperations.Crc32C(crc3, Unsafe.ReadUnaligned<ulong>(third + i));
            }
            crc = Move(crc, 2 * words) ^ Move(crc2, words) ^ crc3;
            bytes = (byte*)(third + words);
        }
        for (; end - bytes >= sizeof(ulong); bytes += sizeof(ulong))
            crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(bytes));
        for (; bytes < end; bytes++)
            crc = BitOperations.Crc32C(crc, *bytes);
        return ~crc;
    }

    /// <summary>The sum as it would be after so many words of zeros.</summary>
    private static uint Move(uint crc, int words) =>
        BitOperations.Crc32C(0u, Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar((ulong)crc), Vector128.CreateScalar((ulong)s_movers[words]), 0).ToScalar());

    private static uint[] MakeMovers()
    {
        // x^(64 w - 33), lowest power in the highest bit: the product of two such is short of one x, and the instruction multiplies by x^32.
        const uint Polynomial = 0x82f63b78;
        var movers = new uint[2 * ThirdWordsMax + 1];
        uint power = 1u << 31;
        for (int exponent = 1; exponent <= 64 * 2 * ThirdWordsMax - 33; exponent++)
        {
            power = (power >> 1) ^ ((power & 1) * Polynomial);
            if ((exponent + 33) % 64 == 0)
                movers[(exponent + 33) / 64] = power;
        }
        return movers;
    }
}
