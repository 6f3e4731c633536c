using Microsoft.Extensions.Configuration;

namespace Umps.Configuration;

/// <summary>What a program says of the options itself: a record, or its configuration with a section <c>Umps</c>, or nothing.</summary>
internal readonly record struct ProgramOptions(MpiOptions? Record, IConfiguration? Configuration = null)
{
    /// <summary>The program says nothing: umps.json may.</summary>
    public bool IsNothing => Record is null && Configuration is null;
}
