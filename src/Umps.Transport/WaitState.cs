namespace Umps.Transport;

/// <summary>Where one wait stands in semi-polling; lives on the waiter's stack, touched by <see cref="Endpoint"/> only.</summary>
public struct WaitState
{
    internal long WindowEndTimestamp;
    internal int EmptyPolls;
    internal int State;
}
