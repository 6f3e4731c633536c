namespace Umps.Launcher;

/// <summary>An option of umpsrun.</summary>
/// <param name="Name">As typed: <c>--wdir</c>.</param>
/// <param name="Value">What its value is called in the help; null: it takes none.</param>
/// <param name="Description">Its line in the help.</param>
/// <param name="Repeats">It may be given several times.</param>
/// <param name="Alias">A second name.</param>
internal sealed record KnownOption(string Name, string? Value, string Description, bool Repeats = false, string? Alias = null);
