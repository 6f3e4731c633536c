using System;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace Umps.WireUp;

/// <summary>What nobody outside the job may guess: its secret, the ranks' tokens, the name of the join socket.</summary>
internal static class JobSecret
{
    /// <summary>Length of the secret.</summary>
    public const int Bytes = 32;

    /// <summary>A secret for a job: authenticates connections between ranks, and is never sent outside ssh or the join socket.</summary>
    public static byte[] New() => Random(Bytes);

    /// <summary>A token that admits one rank, once.</summary>
    public static string NewToken() => Hex(Random(16));

    /// <summary>A name for an abstract Unix socket that no other job has.</summary>
    public static string NewSocketName() => $"umps-{Hex(Random(16))}";

    private static string Hex(byte[] bytes)
    {
        char[] digits = new char[2 * bytes.Length];
        for (int i = 0; i < digits.Length; i++)
            digits[i] = "0123456789abcdef"[(i & 1) == 0 ? bytes[i >> 1] >> 4 : bytes[i >> 1] & 15];
        return new string(digits);
    }

    /// <summary>The kernel's random bytes, as .NET's RandomNumberGenerator gives them; but that loads OpenSSL first, which umpsrun's start need not wait for.</summary>
    private static byte[] Random(int count)
    {
        byte[] bytes = new byte[count];
        using SafeFileHandle source = File.OpenHandle("/dev/urandom", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        for (int filled = 0; filled < count;)
        {
            int got = RandomAccess.Read(source, bytes.AsSpan(filled), fileOffset: 0);
            filled += got > 0 ? got : throw new EndOfStreamException("/dev/urandom has ended");
        }

        return bytes;
    }
}
