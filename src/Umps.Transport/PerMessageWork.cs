namespace Umps.Transport;

/// <summary>What a link agent does for each message though it need not: the work of the designs that UMPS was measured against, so that one run compares a mechanism and nothing else.</summary>
public enum PerMessageWork
{
    /// <summary>Nothing: the pool is made once, and the address translation buffer filled once.</summary>
    None,

    /// <summary>The pages of the message are locked and unlocked, as by VMMC.</summary>
    Pin,

    /// <summary>A page is mapped, its place in memory read from the page table, and unmapped, as by U-Net/MM and MMUC.</summary>
    Map,

    /// <summary>Memory for the message and the descriptors of its units are allocated, and freed after it.</summary>
    Allocate,
}
