namespace Umps;

/// <summary>Numbers of the errors of this layer; docs/errors.md says what causes each and what to do.</summary>
internal static class ErrorId
{
    public const int NotRunning = 2001;
    public const int InitialisedTwice = 2002;
    public const int CannotJoin = 2003;
    public const int RankOutOfRange = 2004;
    public const int NullComm = 2005;
    public const int DisposedComm = 2006;
    public const int TagOutOfRange = 2007;

    public const int TypeMismatch = 2102;
    public const int NotWhole = 2103;
    public const int NotOneValue = 2104;
    public const int AwaitedTwice = 2105;
    public const int CannotCancelSend = 2106;
    public const int Truncated = 2107;
    public const int TooManyEnvelopes = 2108;
    public const int TooLong = 2109;
    public const int CountsDiffer = 2111;
    public const int Serializer = 2112;

    public const int PeerLost = 2201;
    public const int Aborted = 2202;
    public const int Malformed = 2203;
    public const int Transport = 2204;
    public const int Unexpected = 2205;
    public const int RankFailed = 2206;
    public const int RankStillComputes = 2207;
    public const int RequestsLeft = 2208;
    public const int SendsUnfinished = 2209;

    public const int CollectivesDiffer = 2301;
    public const int RootOutOfRange = 2302;
    public const int TooShort = 2303;
    public const int OpLacksType = 2304;
    public const int NotDivisible = 2305;
    public const int ColorOutOfRange = 2306;
    public const int GridDoesNotFit = 2307;
    public const int DimensionsDiffer = 2308;
    public const int PointOutOfRange = 2309;
    public const int BuffersOverlap = 2310;
    public const int CollectiveTooLong = 2311;
    public const int EnteredTwice = 2312;
    public const int OperatorFailed = 2313;
    public const int OutOfStep = 2314;

    public const int LoanArenaFull = 2330;
    public const int NoLoanMemory = 2331;
    public const int LoanGone = 2332;
    public const int BufferGone = 2333;
    public const int LoansLeft = 2334;
    public const int LoansOfDisposedComm = 2335;
    public const int MalformedLoan = 2336;

    public const int ConfigurationFaults = 2401;
    public const int ConfigurationUnreadable = 2402;
    public const int RealTimeRefused = 2403;
}
