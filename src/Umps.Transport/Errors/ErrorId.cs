namespace Umps.Transport;

/// <summary>Numbers of the errors of this layer; docs/errors.md says what causes each and what to do.</summary>
internal static partial class ErrorId
{
    public const int MemoryRefused = 1001;
    public const int MemoryExhausted = 1002;
    public const int OptionOutOfRange = 1003;
    public const int WrongLayout = 1004;
    public const int JoinFailed = 1005;
    public const int NoAgent = 1006;
    public const int PayloadTooLong = 1007;
    public const int MalformedRing = 1008;
    public const int SliceTaken = 1009;

    public const int JobIsEnding = 1020;
    public const int NoBlock = 1021;
    public const int BlockReturned = 1022;
    public const int PeerGone = 1023;
}
