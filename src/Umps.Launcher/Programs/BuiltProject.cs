namespace Umps.Launcher;

/// <summary>What a build made.</summary>
/// <param name="TargetPath">Absolute path of the assembly.</param>
/// <param name="UsesAppHost">Whether an executable of the same name lies beside it.</param>
internal sealed record BuiltProject(string TargetPath, bool UsesAppHost);
