using System.IO;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>The build itself stops a reference that the layers forbid.</summary>
public sealed class CheckHouseTests
{
    [Theory]
    [InlineData("none", false)]
    [InlineData("Umps.WireUp", true)]
    public void Build_OfAProjectWithAReference_GoesByWhatItMayReference(string mayReference, bool builds)
    {
        string folder = Directory.CreateTempSubdirectory("umps-house-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "Umps.Pretend.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <TargetFramework>net10.0</TargetFramework>
                    <HouseMayReference>{mayReference}</HouseMayReference>
                  </PropertyGroup>
                  <ItemGroup>
                    <ProjectReference Include="{Repository.Root}/src/Umps.WireUp/Umps.WireUp.csproj" />
                  </ItemGroup>
                  <Import Project="{Repository.Root}/Directory.Build.targets" />
                </Project>
                """);
            File.WriteAllText(Path.Combine(folder, "Nothing.cs"), "internal static class Nothing;");

            (int code, string output) = Shell.TryRun(
                [Repository.Dotnet, "build", "-v", "q", "--nologo", "-c", Repository.Configuration, "-nodeReuse:false", "-p:UseSharedCompilation=false"], secondsMax: 180, folder: folder);

            Assert.True((code == 0) == builds, output);
            if (!builds)
                Assert.Contains("Umps.Pretend must not reference Umps.WireUp: docs/architecture.md, Layers", output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
