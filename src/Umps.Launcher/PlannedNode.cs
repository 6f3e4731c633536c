namespace Umps.Launcher;

/// <summary>A node of a job.</summary>
/// <param name="Number">The launcher's number: a node's only identity.</param>
/// <param name="Host">Name or address as the hostfile has it; "localhost" for this one.</param>
/// <param name="User">User for ssh; null: ssh's own choice.</param>
/// <param name="IsLocal">True when ranks are started here, without ssh.</param>
internal sealed record PlannedNode(int Number, string Host, string? User, bool IsLocal);
