using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>posix_spawn(3): starting programs.</summary>
internal static partial class Linux
{
    private const short POSIX_SPAWN_SETPGROUP = 0x02;
    private const short POSIX_SPAWN_SETSIGDEF = 0x04;
    private const short POSIX_SPAWN_SETSIGMASK = 0x08;
    private const short POSIX_SPAWN_SETSID = 0x80;

    /// <summary>Bytes for the C library's opaque records; glibc's largest (posix_spawnattr_t) has 336, musl's less.</summary>
    private const int OpaqueBytes = 1024;

    /// <summary>Starts a program in a process group of its own, with every signal at its default and none blocked, and no descriptors but the three given, and none of the capabilities that a node agent needs, unless it is root's.</summary>
    /// <param name="command">Program (searched on PATH when it has no slash) and arguments.</param>
    /// <param name="environment">"NAME=value", all of it.</param>
    /// <param name="folder">Working folder; null for this process's.</param>
    /// <param name="standard">Descriptors that become 0, 1 and 2. All others of this process must be close-on-exec, as .NET's are.</param>
    /// <param name="ownSession">In a session of its own, without a terminal, too.</param>
    /// <param name="pid">The process; also its process group.</param>
    /// <returns>Errno.None; ENOENT, EACCES… of the program or of the folder. The program's own end is waitid's to tell.</returns>
    /// <remarks>The child has the calling thread's processor mask. glibc and musl run it on the caller's memory until exec, so that a large parent costs nothing.</remarks>
    public static unsafe Errno Spawn(IReadOnlyList<string> command, IReadOnlyList<string> environment, string? folder, (int Input, int Output, int Error) standard, bool ownSession, out int pid)
    {
        byte* actions = stackalloc byte[OpaqueBytes], attributes = stackalloc byte[OpaqueBytes];
        byte* all = stackalloc byte[128], none = stackalloc byte[128];         // sigset_t
        pid = 0;
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawnattr_init(attributes);
        try
        {
            // Where a descriptor is the wanted number already, dup2 onto itself takes its close-on-exec mark away: so posix_spawn defines it.
            int[] from = [standard.Input, standard.Output, standard.Error];
            for (int to = 0; to < from.Length; to++)
                if (posix_spawn_file_actions_adddup2(actions, from[to], to) is var fault and not 0)
                    return (Errno)fault;
            if (folder is not null && posix_spawn_file_actions_addchdir_np(actions, folder) is var refused and not 0)
                return (Errno)refused;
            // .NET ignores SIGPIPE, and whoever started this process may ignore others: a child would inherit that.
            _ = sigfillset(all);
            _ = sigemptyset(none);
            _ = posix_spawnattr_setsigdefault(attributes, all);
            _ = posix_spawnattr_setsigmask(attributes, none);
            _ = posix_spawnattr_setflags(attributes, (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (ownSession ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP)));
            using var arguments = new NativeTexts(command);
            using var variables = new NativeTexts(environment);
            KeepCapabilitiesFromChildren();
            int child;
            int error = posix_spawnp(&child, arguments.Pointers[0], actions, attributes, arguments.Pointers, variables.Pointers);
            pid = error == 0 ? child : 0;
            return (Errno)error;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
        }
    }

    // SetLastError everywhere, though these return their errors: without it the generator writes a bare DllImport, which is banned.
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int posix_spawnp(int* pid, byte* file, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn_file_actions_addchdir_np(void* actions, string folder);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int sigfillset(void* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int sigemptyset(void* signals);
}
