namespace Umps.Transport.Agents.Shm;

/// <summary>How the memory of a peer's process is reached.</summary>
internal enum CrossCopyWay : byte
{
    /// <summary>Not tried yet, or the peer has not attached yet.</summary>
    Unknown,

    /// <summary>Not at all: forbidden here (ptrace_scope, a container's rules), or the peer has left.</summary>
    None,

    /// <summary>It is this process's.</summary>
    SameProcess,

    /// <summary>By process_vm_readv.</summary>
    System,
}
