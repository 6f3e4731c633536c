using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>getrandom(2).</summary>
internal static unsafe partial class Linux
{
    /// <summary>Fills with what nobody can guess.</summary>
    /// <remarks>.NET's RandomNumberGenerator loads OpenSSL first, which takes a third of a rank's start.</remarks>
    public static void FillRandom(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint count;
            fixed (byte* p = bytes)
                count = getrandom(p, (nuint)bytes.Length, 0);
            if (count > 0)
                bytes = bytes[(int)count..];
            else if (LastError() is var error and not Errno.EINTR)
                throw new PlatformNotSupportedException($"getrandom: {error}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getrandom(byte* bytes, nuint count, uint flags);
}
