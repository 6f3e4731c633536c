namespace Umps.Collectives;

/// <summary>How a call on a board went, as the last to come tells the others.</summary>
internal static class BoardOutcome
{
    public const int Agreed = 0;

    /// <summary>The ranks called different collectives, or with different lengths.</summary>
    public const int Differ = 1;

    /// <summary>The operator threw on the rank that combined.</summary>
    public const int OperatorFailed = 2;
}
