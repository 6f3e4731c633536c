namespace Umps.WireUp;

/// <summary>Numbers of the wire-up's errors; docs/errors.md says what causes each and what to do.</summary>
internal static class ErrorId
{
    // Joining, and the exchange of addresses: 1201 to 1299.
    public const int AgentUnreachable = 1201;
    public const int JoinRefused = 1202;
    public const int Malformed = 1203;
    public const int NeverPut = 1204;
    public const int Ending = 1205;
}
