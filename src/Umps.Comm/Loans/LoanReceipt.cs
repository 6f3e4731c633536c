namespace Umps.Loans;

/// <summary>Where a receive that nobody blocks in leaves its block.</summary>
internal sealed class LoanReceipt(Comm comm, string call, string file, int line)
{
    public readonly Comm Comm = comm;
    public readonly string Call = call, File = file;
    public readonly int Line = line;

    /// <summary>The block, in the program's hands.</summary>
    public LoanState? Loan;

    /// <summary>Nobody will take it: it goes back when it comes.</summary>
    public bool IsAbandoned;
}
