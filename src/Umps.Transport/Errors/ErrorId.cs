namespace Umps.Transport;

/// <summary>Numbers of the errors of this layer; docs/errors.md says what causes each and what to do.</summary>
internal static class ErrorId
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

    public const int TcpListen = 1101;
    public const int TcpAddress = 1102;
    public const int TcpVersion = 1103;
    public const int TcpUnreachable = 1104;
    public const int TcpOptions = 1105;
    public const int TcpResource = 1106;
    public const int TcpBroken = 1107;
    public const int TcpLeft = 1108;
    public const int TcpMalformed = 1109;

    public const int LinkListen = 1301;
    public const int LinkAddress = 1302;
    public const int LinkVersion = 1303;
    public const int LinkUnreachable = 1304;
    public const int LinkOptions = 1305;
    public const int LinkResource = 1306;
    public const int LinkBroken = 1307;
    public const int LinkLeft = 1308;
    public const int LinkMalformed = 1309;
    public const int LinkInterface = 1310;
    public const int LinkPrivilege = 1311;
}
