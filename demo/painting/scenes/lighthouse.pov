// A lighthouse after sunset.
#version 3.7;
global_settings { assumed_gamma 1.0 }
camera { location <-6, 2.2, -21> look_at <1.6, 7.0, 0> right x * image_width / image_height angle 50 }
light_source { <-600, 120, -420> color rgb <0.62, 0.36, 0.34> }
light_source { <300, 500, -300> color rgb <0.16, 0.20, 0.36> shadowless }
sky_sphere {
  pigment { gradient y color_map { [0 rgb <0.98, 0.46, 0.28>] [0.07 rgb <0.86, 0.38, 0.36>] [0.22 rgb <0.40, 0.26, 0.46>] [0.5 rgb <0.10, 0.13, 0.34>] [1 rgb <0.02, 0.04, 0.15>] } }
  pigment { wrinkles turbulence 0.65 octaves 7 color_map { [0 rgbt <1, 0.4, 0.4, 1>] [0.48 rgbt <1, 0.45, 0.42, 1>] [0.66 rgbt <0.90, 0.36, 0.40, 0.55>] [1 rgbt <0.26, 0.14, 0.30, 0.25>] } scale <1.1, 0.13, 0.6> rotate z * 6 translate <2.2, 0, 0> }
  pigment { granite color_map { [0 rgbt 1] [0.86 rgbt 1] [0.885 rgbt <1, 1, 1, 0.1>] [1 rgbt <1, 1, 1, 0>] } scale 0.014 }
  pigment { gradient y color_map { [0 rgbt <0.98, 0.46, 0.28, 0>] [0.10 rgbt <0.80, 0.36, 0.38, 0.35>] [0.35 rgbt <0.2, 0.2, 0.4, 1>] } }
}
plane {
  y, 0
  pigment { rgb <0.012, 0.020, 0.045> }
  normal { average normal_map { [1 bumps 0.5 scale <1.8, 1, 0.6>] [0.8 bumps 0.45 scale <0.5, 1, 0.2>] [0.4 bumps 0.4 scale <0.14, 1, 0.07>] } }
  finish { diffuse 0.2 reflection { 0.04, 1 fresnel on } conserve_energy } interior { ior 1.33 }
}
#declare White = texture { pigment { rgb <0.90, 0.88, 0.86> } normal { bumps 0.08 scale 0.2 } finish { diffuse 0.85 } }
#declare Red = texture { pigment { rgb <0.60, 0.05, 0.045> } normal { bumps 0.08 scale 0.2 } finish { diffuse 0.85 specular 0.1 } }
#declare Iron = texture { pigment { rgb 0.03 } finish { specular 0.3 } }
#declare Rock = texture { pigment { granite color_map { [0 rgb <0.06, 0.05, 0.06>] [1 rgb <0.24, 0.19, 0.19>] } scale 2 } normal { granite 0.8 scale 1.4 } finish { diffuse 0.85 specular 0.15 roughness 0.05 } }
#declare Tower = union {
  #for (N, 0, 4)
    cone { <0, N * 2.1, 0>, 1.5 - N * 0.135, <0, N * 2.1 + 2.1, 0>, 1.5 - (N + 1) * 0.135 #if (mod(N, 2)) texture { Red } #else texture { White } #end }
  #end
  cylinder { <0, 10.5, 0>, <0, 10.7, 0>, 1.28 texture { Iron } }
  #for (N, 0, 19)
    cylinder { <1.2, 10.7, 0>, <1.2, 11.3, 0>, 0.022 texture { Iron } rotate y * N * 18 }
  #end
  torus { 1.2, 0.03 texture { Iron } translate y * 11.3 }
  cylinder { <0, 10.7, 0>, <0, 12.3, 0>, 0.62 open texture { pigment { rgbt <1, 0.9, 0.7, 0.75> } finish { emission <0.5, 0.38, 0.2> } } no_shadow }
  #for (N, 0, 7)
    cylinder { <0.63, 10.7, 0>, <0.63, 12.3, 0>, 0.025 texture { Iron } rotate y * N * 45 }
  #end
  cone { <0, 12.3, 0>, 0.86, <0, 13.1, 0>, 0.10 texture { Red } }
  sphere { <0, 13.2, 0>, 0.14 texture { Iron } }
  sphere { <0, 11.5, 0>, 0.34 pigment { rgb 1 } finish { emission <5, 4, 2.6> } no_shadow }
  #for (N, 0, 3)
    box { <-0.17, 0, -0.05>, <0.17, 0.55, 0.3> texture { pigment { rgb <1, 0.75, 0.4> } finish { emission <1.0, 0.62, 0.25> } } translate <0, 1.3 + N * 2.3, -1.46 + N * 0.148> rotate y * 22 }
  #end
}
object { Tower translate <2.6, 1.5, 0> }
light_source { <2.6, 13.0, 0> color rgb <1.6, 1.2, 0.7> fade_distance 5 fade_power 2 shadowless }
// The beam: a cone of faint light in each direction.
#macro Beam(Way)
  cone {
    <0, 0, 0>, 0.28, <46, 0.6, 0>, 4.2 hollow no_shadow
    pigment { rgbt 1 }
    interior { media { emission <0.055, 0.045, 0.028> intervals 1 samples 12 method 3 density { gradient x color_map { [0 rgb 1] [0.12 rgb 0.5] [0.5 rgb 0.14] [1 rgb 0] } scale 46 } } }
    rotate z * 3 rotate y * Way translate <2.6, 13.0, 0>
  }
#end
Beam(20)
Beam(200)
// The keeper's house and the rocks.
union {
  box { <-2.1, 0, -1.1>, <2.1, 1.7, 1.1> texture { White } }
  prism { -2.3, 2.3, 4, <-1.35, 0>, <1.35, 0>, <0, 1.25>, <-1.35, 0> rotate <-90, 0, 0> rotate y * 90 translate y * 1.65 texture { Red } }
  box { <-1.3, 0.6, -1.15>, <-0.8, 1.2, 0> texture { pigment { rgb <1, 0.75, 0.4> } finish { emission <1.1, 0.66, 0.25> } } }
  box { <0.7, 0.6, -1.15>, <1.2, 1.2, 0> texture { pigment { rgb <1, 0.75, 0.4> } finish { emission <1.1, 0.66, 0.25> } } }
  box { <-0.3, 0, -1.14>, <0.25, 1.1, 0> texture { pigment { rgb <0.05, 0.09, 0.16> } } }
  rotate y * 16 translate <6.6, 1.35, -0.6>
}
#declare Chance = seed(31);
#for (N, 0, 90)
  #declare Turn = rand(Chance) * 360; #declare Far = pow(rand(Chance), 0.7);
  sphere { 0, 1 scale <1.1 + rand(Chance), 0.5 + 0.9 * (1 - Far) * rand(Chance) + 0.5, 0.9 + rand(Chance)> * (1.25 - 0.7 * Far)
    rotate y * rand(Chance) * 360 translate <4.5 + cos(radians(Turn)) * 8.5 * Far, 0.55 * (1 - Far), sin(radians(Turn)) * 4.0 * Far> texture { Rock } }
#end
