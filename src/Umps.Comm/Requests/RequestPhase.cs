namespace Umps.Requests;

/// <summary>Where a pooled operation stands.</summary>
internal enum RequestPhase
{
    /// <summary>In the pool.</summary>
    Free = 0,

    /// <summary>Under way.</summary>
    Active,

    /// <summary>Status or error is set; nobody has taken it yet.</summary>
    Done,
}
