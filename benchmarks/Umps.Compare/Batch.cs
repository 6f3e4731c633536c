namespace Umps.Compare;

/// <summary>A figure of one batch.</summary>
/// <param name="Round">In which round.</param>
/// <param name="Who">Of whom.</param>
/// <param name="Key">Of which row.</param>
/// <param name="Class">The class of the line before and after it.</param>
/// <param name="Value">In the row's unit.</param>
internal sealed record Batch(int Round, string Who, string Key, LineClass Class, double Value);
