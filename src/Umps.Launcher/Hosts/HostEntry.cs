namespace Umps.Launcher;

/// <summary>A node as the user named it.</summary>
/// <param name="Host">Name or address, without brackets.</param>
/// <param name="User">User for ssh; null: ssh's own choice.</param>
/// <param name="Slots">Ranks the node gets before the next one; more come round again.</param>
/// <param name="SlotsMax">Most ranks it may get; null: no limit.</param>
internal sealed record HostEntry(string Host, string? User, int Slots, int? SlotsMax);
