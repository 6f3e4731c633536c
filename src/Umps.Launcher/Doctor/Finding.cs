namespace Umps.Launcher;

/// <summary>What the doctor has found out about one thing.</summary>
/// <param name="What">The thing, in a word or two.</param>
/// <param name="State">Whether it is there.</param>
/// <param name="Text">What there is; or what is missing, and what it needs.</param>
internal readonly record struct Finding(string What, FindingState State, string Text)
{
    /// <summary>There, or not: by the reason why not.</summary>
    public static Finding Of(string what, string? whyNot, string there) =>
        whyNot is null ? new Finding(what, FindingState.Ok, there) : new Finding(what, FindingState.Missing, whyNot);
}

/// <summary>Whether a thing is there.</summary>
internal enum FindingState
{
    /// <summary>It works.</summary>
    Ok,

    /// <summary>It does not, for want of something.</summary>
    Missing,
}
