using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Umps.Transport.Interop;

/// <summary>bpf(2): maps, programs and links, as far as an XDP program needs them.</summary>
internal static unsafe partial class Linux
{
    private const int BPF_MAP_CREATE = 0;
    private const int BPF_MAP_UPDATE_ELEM = 2;
    private const int BPF_PROG_LOAD = 5;
    private const int BPF_PROG_TEST_RUN = 10;
    private const int BPF_LINK_CREATE = 28;

    private const uint BPF_MAP_TYPE_XSKMAP = 17;
    private const uint BPF_PROG_TYPE_XDP = 6;
    private const uint BPF_XDP = 37;                // the attach type of interfaces
    private const uint BPF_F_XDP_HAS_FRAGS = 1 << 5;

    private const uint XDP_FLAGS_SKB_MODE = 1 << 1;
    private const uint XDP_FLAGS_DRV_MODE = 1 << 2;

    private const int BpfAttributeBytes = 128;      // union bpf_attr, as far as it is used here
    private const int BpfNameBytes = 16;

    /// <summary>BPF_MAP_CREATE: a map from small numbers to AF_XDP sockets.</summary>
    /// <param name="entries">Its keys are 0 to this.</param>
    /// <param name="error">Errno.None; EPERM without CAP_BPF and CAP_NET_ADMIN; EINVAL where the kernel has no AF_XDP.</param>
    /// <returns>The descriptor, owned by the caller; -1 on an error.</returns>
    public static int CreateXdpSocketMap(int entries, out Errno error)
    {
        byte* attribute = stackalloc byte[BpfAttributeBytes];
        new Span<byte>(attribute, BpfAttributeBytes).Clear();
        *(uint*)attribute = BPF_MAP_TYPE_XSKMAP;
        *(uint*)(attribute + 4) = sizeof(uint);     // key
        *(uint*)(attribute + 8) = sizeof(uint);     // value
        *(uint*)(attribute + 12) = (uint)entries;
        WriteBpfName(attribute + 28);
        return Bpf(BPF_MAP_CREATE, attribute, out error);
    }

    /// <summary>BPF_MAP_UPDATE_ELEM: frames for this key go to that socket. The map does not keep the socket open.</summary>
    public static Errno SetXdpSocket(int map, uint key, int socket)
    {
        byte* attribute = stackalloc byte[BpfAttributeBytes];
        new Span<byte>(attribute, BpfAttributeBytes).Clear();
        *(int*)attribute = map;
        *(ulong*)(attribute + 8) = (ulong)&key;
        *(ulong*)(attribute + 16) = (ulong)&socket;
        Bpf(BPF_MAP_UPDATE_ELEM, attribute, out Errno error);
        return error;
    }

    /// <summary>BPF_PROG_LOAD: checks and compiles an XDP program.</summary>
    /// <param name="instructions">struct bpf_insn, eight bytes each.</param>
    /// <param name="takesFragments">The program may be given frames that lie in several pieces of memory (Linux 5.18 on).</param>
    /// <param name="log">What the kernel's verifier said, when it refused.</param>
    /// <param name="error">Errno.None; EPERM; EACCES and EINVAL from the verifier.</param>
    /// <returns>The descriptor, owned by the caller; -1 on an error.</returns>
    public static int LoadXdpProgram(ReadOnlySpan<ulong> instructions, bool takesFragments, out string log, out Errno error)
    {
        int program = LoadXdpProgram(instructions, takesFragments, [], out error);
        log = "";
        if (program >= 0 || error is Errno.EPERM)
            return program;
        var text = new byte[16 * 1024];     // asked for only when there is something to say: it costs the verifier time
        program = LoadXdpProgram(instructions, takesFragments, text, out error);
        log = Encoding.ASCII.GetString(text).TrimEnd('\0', '\n');
        return program;
    }

    /// <summary>BPF_LINK_CREATE: attaches a program to an interface of the calling thread's network namespace.</summary>
    /// <param name="program">The program.</param>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="native">In the driver; else in the network stack, behind it.</param>
    /// <param name="error">Errno.None; EBUSY and EEXIST where the interface has a program; EOPNOTSUPP where the driver knows no XDP; ERANGE and EINVAL where it cannot with this MTU or these queues.</param>
    /// <returns>The link, owned by the caller: the program is attached until the last descriptor of it is closed. -1 on an error.</returns>
    public static int AttachXdp(int program, int interfaceIndex, bool native, out Errno error)
    {
        byte* attribute = stackalloc byte[BpfAttributeBytes];
        new Span<byte>(attribute, BpfAttributeBytes).Clear();
        *(int*)attribute = program;
        *(int*)(attribute + 4) = interfaceIndex;
        *(uint*)(attribute + 8) = BPF_XDP;
        *(uint*)(attribute + 12) = native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
        return Bpf(BPF_LINK_CREATE, attribute, out error);
    }

    /// <summary>BPF_PROG_TEST_RUN: runs a program over a frame that nobody sent.</summary>
    /// <param name="program">The program.</param>
    /// <param name="frame">At least an Ethernet header.</param>
    /// <param name="verdict">What it returned: XDP_PASS is 2, XDP_REDIRECT 4.</param>
    public static Errno TestXdpProgram(int program, ReadOnlySpan<byte> frame, out uint verdict)
    {
        byte* attribute = stackalloc byte[BpfAttributeBytes];
        new Span<byte>(attribute, BpfAttributeBytes).Clear();
        Errno error;
        fixed (byte* bytes = frame)
        {
            *(int*)attribute = program;
            *(uint*)(attribute + 8) = (uint)frame.Length;
            *(ulong*)(attribute + 16) = (ulong)bytes;
            *(uint*)(attribute + 32) = 1;           // once
            Bpf(BPF_PROG_TEST_RUN, attribute, out error);
        }
        verdict = *(uint*)(attribute + 4);
        return error;
    }

    private static int LoadXdpProgram(ReadOnlySpan<ulong> instructions, bool takesFragments, Span<byte> log, out Errno error)
    {
        byte* attribute = stackalloc byte[BpfAttributeBytes];
        new Span<byte>(attribute, BpfAttributeBytes).Clear();
        fixed (ulong* code = instructions)
        fixed (byte* license = "BSD\0"u8)
        fixed (byte* text = log)
        {
            *(uint*)attribute = BPF_PROG_TYPE_XDP;
            *(uint*)(attribute + 4) = (uint)instructions.Length;
            *(ulong*)(attribute + 8) = (ulong)code;
            *(ulong*)(attribute + 16) = (ulong)license;
            *(uint*)(attribute + 24) = log.IsEmpty ? 0u : 1u;
            *(uint*)(attribute + 28) = (uint)log.Length;
            *(ulong*)(attribute + 32) = (ulong)text;
            *(uint*)(attribute + 44) = takesFragments ? BPF_F_XDP_HAS_FRAGS : 0;
            WriteBpfName(attribute + 48);
            *(uint*)(attribute + 68) = BPF_XDP;     // the attach type that is expected
            return Bpf(BPF_PROG_LOAD, attribute, out error);
        }
    }

    private static void WriteBpfName(byte* target) => "umps_steer"u8.CopyTo(new Span<byte>(target, BpfNameBytes - 1));

    private static int Bpf(int command, byte* attribute, out Errno error)
    {
        int result = (int)bpf(s_bpfCall, command, attribute, BpfAttributeBytes);
        error = result >= 0 ? Errno.None : LastError();
        return result;
    }

    private static readonly nint s_bpfCall = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long bpf(nint number, int command, byte* attribute, uint attributeBytes);
}
