using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>unix(7), SCM_RIGHTS: descriptors that cross from one process to another over a socket.</summary>
internal static unsafe partial class Linux
{
    /// <summary>The most descriptors one message carries (SCM_MAX_FD is 253).</summary>
    public const int DescriptorsAMessageMax = 240;

    private const int RightsLevel = 1;                  // SOL_SOCKET
    private const int SCM_RIGHTS = 1;
    private const int MSG_CTRUNC = 8;
    private const int MSG_CMSG_CLOEXEC = 0x40000000;

    /// <summary>sendmsg(2): sends bytes, and descriptors with the first of them.</summary>
    /// <param name="socket">A connected Unix socket.</param>
    /// <param name="bytes">At least one byte.</param>
    /// <param name="descriptors">What crosses with them; the sender keeps its own.</param>
    /// <param name="error">Errno.None, or why not.</param>
    /// <returns>Bytes sent, perhaps fewer than given (the descriptors have gone then); -1 on an error.</returns>
    public static int SendWithDescriptors(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors, out Errno error)
    {
        byte* control = stackalloc byte[ControlBytes(DescriptorsAMessageMax)];
        fixed (byte* first = bytes)
        {
            var vector = new VmVector { Address = (nint)first, LengthBytes = bytes.Length };
            var message = new RightsMessage { Vectors = &vector, VectorCount = 1 };
            if (descriptors.Length > 0)
            {
                var header = (RightsHeader*)control;
                header->LengthBytes = (nuint)(sizeof(RightsHeader) + (descriptors.Length * sizeof(int)));
                header->Level = RightsLevel;
                header->Type = SCM_RIGHTS;
                descriptors.CopyTo(new Span<int>(control + sizeof(RightsHeader), descriptors.Length));
                message.Control = control;
                message.ControlBytes = (nuint)ControlBytes(descriptors.Length);
            }
            const int MSG_NOSIGNAL = 0x4000;
            nint sent = send_rights(socket, &message, MSG_NOSIGNAL);
            error = sent >= 0 ? Errno.None : LastError();
            return (int)sent;
        }
    }

    /// <summary>recvmsg(2): receives bytes, and the descriptors that came with them; those are not inherited by programs started from here.</summary>
    /// <param name="socket">A connected Unix socket.</param>
    /// <param name="bytes">Where the bytes go; no more than fit are taken from the stream.</param>
    /// <param name="descriptors">Where descriptors go; owned by the caller from then on.</param>
    /// <param name="descriptorCount">How many came.</param>
    /// <param name="error">Errno.None; EMFILE when the process may not have so many descriptors.</param>
    /// <returns>Bytes received; 0 at the stream's end; -1 on an error.</returns>
    public static int ReceiveWithDescriptors(int socket, Span<byte> bytes, Span<int> descriptors, out int descriptorCount, out Errno error)
    {
        byte* control = stackalloc byte[ControlBytes(DescriptorsAMessageMax)];
        descriptorCount = 0;
        fixed (byte* first = bytes)
        {
            var vector = new VmVector { Address = (nint)first, LengthBytes = bytes.Length };
            var message = new RightsMessage
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlBytes = (nuint)ControlBytes(Math.Min(descriptors.Length, DescriptorsAMessageMax)),
            };
            nint received = receive_rights(socket, &message, MSG_CMSG_CLOEXEC);
            error = received >= 0 ? Errno.None : LastError();
            if (received < 0)
                return -1;
            var header = (RightsHeader*)control;
            if (message.ControlBytes >= (nuint)sizeof(RightsHeader) && header->Level == RightsLevel && header->Type == SCM_RIGHTS)
            {
                descriptorCount = Math.Min(descriptors.Length, ((int)header->LengthBytes - sizeof(RightsHeader)) / sizeof(int));
                new ReadOnlySpan<int>(control + sizeof(RightsHeader), descriptorCount).CopyTo(descriptors);
            }
            if ((message.Flags & MSG_CTRUNC) != 0)
                error = Errno.EMFILE;
            return (int)received;
        }
    }

    private static int ControlBytes(int descriptors) => sizeof(RightsHeader) + (((descriptors * sizeof(int)) + 7) & ~7);

    /// <summary>struct msghdr of glibc and musl, 64 bits.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 56)]
    private struct RightsMessage
    {
        [FieldOffset(0)] public void* Name;
        [FieldOffset(8)] public uint NameBytes;
        [FieldOffset(16)] public VmVector* Vectors;
        [FieldOffset(24)] public nuint VectorCount;
        [FieldOffset(32)] public void* Control;
        [FieldOffset(40)] public nuint ControlBytes;
        [FieldOffset(48)] public int Flags;
    }

    /// <summary>struct cmsghdr, 64 bits.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct RightsHeader
    {
        [FieldOffset(0)] public nuint LengthBytes;
        [FieldOffset(8)] public int Level;
        [FieldOffset(12)] public int Type;
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint send_rights(int socket, RightsMessage* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint receive_rights(int socket, RightsMessage* message, int flags);
}
